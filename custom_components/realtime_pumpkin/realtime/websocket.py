"""The websocket of a session: websockets' own, which tells no log and goes nowhere else."""

import asyncio
import logging
from os import urandom
from struct import pack
from typing import Any, Final, override

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.protocol import State

_REDIRECTS: Final = range(300, 400)
_WHOLE_TEXT: Final = 0x81
_MASKED: Final = 0x80
_LONGEST_OF_7_BITS: Final = 126
_LONGEST_OF_16_BITS: Final = 65536
# Far longer than any write takes. Pings wait behind what is not taken: they would
# not notice.
WRITE_TIMEOUT: Final = 5.0


class WireLogger(logging.LoggerAdapter[logging.Logger]):
    """What websockets may log: at debug level it writes the key and audio."""

    @override
    def isEnabledFor(self, level: int) -> bool:
        """Keep debug off, whatever the user turned on."""
        return level > logging.DEBUG and super().isEnabledFor(level)


class _Lost(asyncio.Transport):
    """What stands for the transport of a connection that is over."""

    @override
    def is_closing(self) -> bool:
        """Tell that nothing goes out."""
        return True

    @override
    def abort(self) -> None:
        """Have nothing to abort."""

    def ignore(self) -> None:
        """Have nothing to pause."""


_LOST: Final = _Lost()


class WebSocket(ClientConnection):
    """A connection that is sent nowhere else: websockets would take the key along.

    A peer that takes nothing for five seconds is given up.
    """

    @override
    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        """Shake hands; raise `InvalidHandshake` where the server points elsewhere."""
        try:
            await super().handshake(*args, **kwargs)
        except InvalidStatus as err:
            if err.response.status_code not in _REDIRECTS:
                raise
            place = err.response.headers.get("Location", "nowhere")
            raise InvalidHandshake(f"The server redirects to {place}") from err

    _giving_up: asyncio.TimerHandle | None = None

    @override
    def pause_writing(self) -> None:
        """Hear that the network takes nothing; within five seconds it has to."""
        super().pause_writing()
        loop = asyncio.get_running_loop()
        self._giving_up = loop.call_later(WRITE_TIMEOUT, self._give_up)

    @override
    def resume_writing(self) -> None:
        """Hear that the network takes something again."""
        self._be_patient()
        super().resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that the connection is over, and let go what it holds.

        With TLS its transport has more than 256 kB, and all of it would hold itself
        until Python collects its garbage.
        """
        self._be_patient()
        super().connection_lost(exc)
        self._leave_transport()
        self._leave_parser()

    def _leave_transport(self) -> None:
        """Let go of what the connection went through."""
        self.transport = _LOST
        self.keepalive_task = None
        if (received := getattr(self, "recv_messages", None)) is not None:
            received.pause = received.resume = _LOST.ignore
        # websockets' own, which knows the connection, around ours.
        outer = getattr(self, "logger", None)
        if isinstance(inner := getattr(outer, "logger", None), WireLogger):
            self.logger = self.protocol.logger = inner

    def _leave_parser(self) -> None:
        """End what would wait for data for ever, and holds whom it reads for."""
        protocol = getattr(self, "protocol", None)
        if (parser := getattr(protocol, "parser", None)) is not None:
            parser.close()

    @override
    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; a peer that takes no part in it is left alone."""
        try:
            await super().close(code, reason)
        finally:
            self._give_up()

    def _give_up(self) -> None:
        """End the connection without another word."""
        transport: asyncio.Transport | None = getattr(self, "transport", None)
        if transport is not None:
            transport.abort()

    def _be_patient(self) -> None:
        """Give up no more."""
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    async def recv_bytes(self) -> bytes:
        """Return the next frame; raise `ConnectionClosed` once it is over."""
        return await self.recv(decode=False)

    async def send_text(self, data: bytes) -> None:
        """Send UTF-8 as a text frame; raise `ConnectionClosed` once it is over."""
        await self.send(data, text=True)

    def send_now(self, data: bytes) -> bool:
        """Send UTF-8 as a text frame at once; False where it would have to wait.

        It does not where the connection is closed or the network takes less than it
        is given. What `send` does beyond this is for whoever has to wait, and so is
        all where a later version of websockets has its parts elsewhere.
        """
        protocol: ClientProtocol | None = getattr(self, "protocol", None)
        transport: asyncio.Transport | None = getattr(self, "transport", None)
        if transport is None or protocol is None or protocol.state is not State.OPEN:
            return False
        if transport.get_write_buffer_size():
            return False
        transport.write(text_frame(data))
        return True


def text_frame(data: bytes) -> bytes:
    """Return UTF-8 as a client's text message of one frame (RFC 6455, 5.2).

    websockets takes half a dozen objects for it, fifty times a second and microphone.
    """
    size = len(data)
    if size < _LONGEST_OF_7_BITS:
        head = pack("!BB", _WHOLE_TEXT, _MASKED | size)
    elif size < _LONGEST_OF_16_BITS:
        head = pack("!BBH", _WHOLE_TEXT, _MASKED | 126, size)
    else:
        head = pack("!BBQ", _WHOLE_TEXT, _MASKED | 127, size)
    mask = urandom(4)
    key = int.from_bytes((mask * (size // 4 + 1))[:size])
    return head + mask + (int.from_bytes(data) ^ key).to_bytes(size)
