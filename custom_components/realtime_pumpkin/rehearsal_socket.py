"""A rehearsal's sessions: the server's core in this process, behind a `Socket`."""

import asyncio
import time
from typing import Final

import orjson
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Close as CloseFrame

from .rehearsal import (
    Close,
    Input,
    Output,
    Send,
    ServerOptions,
    ServerSession,
    Source,
    Speak,
    Spoken,
)
from .rehearsal.clips import Clips
from .rehearsal.play import PlayBrain

REHEARSAL_MODEL: Final = "rehearsal"
"""Has no price, so that a rehearsal costs nothing."""

_MOST_WAITING: Final = 4096
"""Events that may wait for a session that does not read."""

_OPTIONS: Final = ServerOptions(
    voices=Source.OUTSIDE,
    think_ms=300,
    keep_audio_s=60.0,  # Nobody asks for it again; answers are cut while it is new.
)


class Playhouse:
    """What all sessions of a Home Assistant play with."""

    def __init__(self) -> None:
        """Read the clips; blocks for some 100 ms."""
        self._clips = Clips()

    def open(self, night: int) -> RehearsalSocket:
        """Open a session, in the event loop; each night has another greeting."""
        session = ServerSession(
            model=REHEARSAL_MODEL, options=_OPTIONS, brain=PlayBrain(night)
        )
        return RehearsalSocket(session, self._clips)


class RehearsalSocket:
    """A `Socket` whose other end is a session in this process."""

    def __init__(self, session: ServerSession, clips: Clips) -> None:
        """Open the session: its first event is ready to be read."""
        self._session = session
        self._clips = clips
        self._loop = asyncio.get_running_loop()
        self._frames: asyncio.Queue[bytes | Close] = asyncio.Queue(_MOST_WAITING + 1)
        self._timer: asyncio.TimerHandle | None = None
        self._end: Close | None = None
        self._carry_out(session.open(self._loop.time(), unix_time=time.time()))

    async def recv_bytes(self) -> bytes:
        """Return the next event; raise `ConnectionClosed` once it is over."""
        if self._end is not None and self._frames.empty():
            raise _closed(self._end)
        frame = await self._frames.get()
        if isinstance(frame, Close):
            raise _closed(frame)
        return frame

    async def send_text(self, data: bytes) -> None:
        """Feed a client event; raise `ConnectionClosed` once it is over."""
        if self._end is not None:
            raise _closed(self._end)
        self._feed(data.decode())

    def send_now(self, data: bytes) -> bool:
        """Feed a client event; False once it is over."""
        if self._end is not None:
            return False
        self._feed(data.decode())
        return True

    async def close(self) -> None:
        """End the session."""
        self._hang_up(Close(1000))

    def _feed(self, event: Input) -> None:
        """Give something to the session and do what it wants."""
        if self._end is None:
            self._carry_out(self._session.feed(event, self._loop.time()))

    def _wake(self) -> None:
        """Let the session do what is due."""
        self._carry_out(self._session.wake(self._loop.time()))

    def _carry_out(self, outputs: list[Output]) -> None:
        """Queue what is to be read, and give the sentences their sound."""
        for output in outputs:
            match output:
                case Send(event):
                    self._queue(orjson.dumps(event))
                case Speak(request_id, text):
                    spoken = Spoken(request_id, self._clips.sound(text))
                    self._loop.call_soon(self._feed, spoken)
                case Close():
                    self._hang_up(output)
        self._set_timer()

    def _queue(self, frame: bytes) -> None:
        """Keep an event; whoever never reads loses the session."""
        if self._frames.qsize() < _MOST_WAITING:
            self._frames.put_nowait(frame)
        else:
            self._hang_up(Close(1008, "Nobody reads"))

    def _hang_up(self, end: Close) -> None:
        """Let nothing more happen; what was sent can still be read."""
        if self._end is None:
            self._end = end
            self._session.close()
            self._frames.put_nowait(end)
            self._set_timer()

    def _set_timer(self) -> None:
        """Wake the session when it wants to be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._session.next_wake
        if due is not None and self._end is None:
            self._timer = self._loop.call_at(due, self._wake)


def _closed(end: Close) -> ConnectionClosedOK | ConnectionClosedError:
    """Return a closed connection as a websocket tells it."""
    frame = CloseFrame(end.code, end.reason)
    kind = ConnectionClosedOK if end.code in (1000, 1001) else ConnectionClosedError
    return kind(frame, frame, True)
