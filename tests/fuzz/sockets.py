"""A websocket whose other end says what a fuzzer wants, when it wants."""

import asyncio
from collections.abc import Callable
import contextlib

from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from custom_components.realtime_pumpkin.realtime.connection import RealtimeConnection
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError

from .dice import Dice
from .frames import KEY, encode, frame
from .ladders import Message, ladders
from .odd import mutated

PAUSES_S = (0.0, 0.0, 0.0, 0.02, 0.02, 0.1, 0.3, 2.0, 12.0)
MOST_FRAMES = 60
CODES = (1000, 1001, 1006, 1011, 3000, 4000, 4999)
REASONS = ("", "invalid_request_error.session_expired", "x.insufficient_quota", "\x00")


class FuzzedSocket:
    """Greet, configure, then say pieces of conversations with something wrong."""

    def __init__(self, dice: Dice, on_sent: Callable[[bytes], None]) -> None:
        """Connect; what is sent is told."""
        self._dice = dice
        self._on_sent = on_sent
        self._left = 0 if dice.one_in(9) else MOST_FRAMES
        ladder = dice.pick(ladders())
        start = dice.number(len(ladder))
        self._messages: list[Message] = [*ladder[:2], *ladder[start:], *ladder]
        self._closed = asyncio.Event()

    async def recv_bytes(self) -> bytes:
        """Return the next frame, after a while; raise once it is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._dice.pick(PAUSES_S)):
                await self._closed.wait()
        self._left -= 1
        if self._closed.is_set() or self._left < 0 or not self._messages:
            code = self._dice.pick(CODES)
            close = None if code == 1006 else Close(code, self._dice.pick(REASONS))
            raise ConnectionClosedError(close, None)
        message = self._messages.pop(0)
        match self._dice.number(16):
            case 0:
                return encode(mutated(self._dice, message))
            case 1:
                return frame(self._dice)
            case 2:
                self._messages.insert(0, message)
        return encode(message)

    def send_now(self, data: bytes) -> bool:
        """Take a frame at once, now and then."""
        if self._closed.is_set() or self._dice.one_in(3):
            return False
        self._on_sent(data)
        return True

    async def send_text(self, data: bytes) -> None:
        """Take a frame; raise once it is over."""
        self._on_sent(data)
        if self._closed.is_set():
            raise ConnectionClosedError(None, None)

    async def close(self) -> None:
        """Close."""
        self._closed.set()


class FuzzedService:
    """Where sockets are opened, or not."""

    def __init__(self, dice: Dice, on_sent: Callable[[bytes], None]) -> None:
        """Answer as the dice say."""
        self._dice = dice
        self._on_sent = on_sent

    async def connect(self) -> RealtimeConnection:
        """Open a socket; raise `RealtimeError` where there is none."""
        await asyncio.sleep(self._dice.pick(PAUSES_S))
        if self._dice.one_in(10):
            kind = self._dice.pick(tuple(ErrorKind))
            raise RealtimeError(kind, None, "refused")
        return RealtimeConnection(FuzzedSocket(self._dice, self._on_sent), KEY)
