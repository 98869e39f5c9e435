"""One websocket connection: carries a session's inputs and outputs."""

import asyncio
from collections.abc import AsyncIterable, Coroutine
import logging
import time
from typing import Any, Protocol

import orjson
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from custom_components.realtime_pumpkin.rehearsal.outputs import (
    Close,
    Cut,
    Hear,
    Heard,
    Input,
    Output,
    Send,
    SendText,
    Speak,
    Spoken,
    Stall,
)

from .ears import Ears
from .microphones import Microphone
from .voices import Voices

_LOGGER = logging.getLogger(__name__)
_MOST_WAITING = 16_384
"""Events that may wait for a client that does not read."""


class Session(Protocol):
    """What a connection carries: a session of the core."""

    @property
    def next_wake(self) -> float | None:
        """Return when the session wants to be woken."""
        ...

    def open(self, now: float, *, unix_time: float | None = None) -> list[Output]:
        """Begin."""
        ...

    def feed(self, event: Input, now: float) -> list[Output]:
        """Take in a client event or an answer."""
        ...

    def wake(self, now: float) -> list[Output]:
        """Do what is due."""
        ...

    def close(self) -> None:
        """Be over."""
        ...


class Connection:
    """Run one session on one websocket until either ends."""

    def __init__(
        self,
        websocket: ServerConnection,
        session: Session,
        ears: Ears,
        voices: Voices,
        microphone: Microphone | None = None,
    ) -> None:
        """Prepare to carry a session; `microphone` keeps what it hears."""
        self._microphone = microphone
        self._websocket = websocket
        self._session = session
        self._ears = ears
        self._voices = voices
        self._loop = asyncio.get_running_loop()
        self._out: asyncio.Queue[Output] = asyncio.Queue(_MOST_WAITING)
        self._timer: asyncio.TimerHandle | None = None
        self._asked: set[asyncio.Task[None]] = set()
        self._deaf = False

    async def run(self) -> None:
        """Carry events both ways until the connection is gone."""
        writer = asyncio.create_task(self._write())
        try:
            now = self._loop.time()
            self._carry_out(self._session.open(now, unix_time=time.time()))
            await self._read(self._websocket)
        except ConnectionClosed:
            pass
        finally:
            if self._timer is not None:
                self._timer.cancel()
            tasks = [writer, *self._asked]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._session.close()
            if self._microphone is not None:
                self._microphone.close()

    async def _read(self, frames: AsyncIterable[str | bytes]) -> None:
        """Feed the client's frames to the session."""
        async for frame in frames:
            if not self._deaf:
                self._feed(frame)
            if self._microphone is not None:
                self._microphone.hear(frame)

    async def _write(self) -> None:
        """Send what the session puts out, in order."""
        try:
            while True:
                await self._send(await self._out.get())
        except ConnectionClosed:
            pass

    async def _send(self, output: Output) -> None:
        """Carry out one output that the client notices."""
        match output:
            case Send(event):
                await self._websocket.send(orjson.dumps(event), text=True)
            case SendText(data):
                await self._websocket.send(data, text=True)
            case Close(code, reason):
                await self._websocket.close(code, reason)
            case Cut():
                self._websocket.transport.abort()
            case Stall():
                self._deaf = True
                self._websocket.transport.pause_reading()
            case _:
                pass

    def _feed(self, event: Input) -> None:
        """Give something to the session and do what it wants."""
        self._carry_out(self._session.feed(event, self._loop.time()))

    def _wake(self) -> None:
        """Let the session do what is due."""
        self._timer = None
        self._carry_out(self._session.wake(self._loop.time()))

    def _carry_out(self, outputs: list[Output]) -> None:
        """Start everything the session wants."""
        for output in outputs:
            match output:
                case Hear():
                    self._ask(self._hear(output))
                case Speak():
                    self._ask(self._speak(output))
                case _:
                    self._queue(output)
        self._set_timer()

    def _queue(self, output: Output) -> None:
        """Queue an output; a client that never reads is dropped."""
        try:
            self._out.put_nowait(output)
        except asyncio.QueueFull:
            _LOGGER.info("A client does not read; dropped its connection")
            self._websocket.transport.abort()

    def _set_timer(self) -> None:
        """Wake the session when it wants to be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._session.next_wake
        if due is not None:
            self._timer = self._loop.call_at(due, self._wake)

    def _ask(self, work: Coroutine[Any, Any, None]) -> None:
        """Start to hear or to speak."""
        task = asyncio.create_task(work)
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def _hear(self, request: Hear) -> None:
        """Find out what the user said."""
        text = await self._ears.hear(request.pcm)
        self._feed(Heard(request.item_id, text))

    async def _speak(self, request: Speak) -> None:
        """Render a sentence."""
        pcm = await self._voices.speak(request.text, request.voice, request.speed)
        self._feed(Spoken(request.request_id, pcm))
