"""What waits to be sent on the socket, in order and bounded."""

import asyncio
from binascii import b2a_base64
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import orjson

LONGEST_BACKLOG: Final = 1000
"""Events; a service that takes none of so many is gone (`is_full`)."""

LARGEST_BACKLOG: Final = 16 * 2**20
"""Bytes beside the audio; pictures are large."""

LONGEST_AUDIO_BACKLOG: Final = 250
"""Frames of 20 to 100 ms, so 5 to 25 s; the oldest are dropped first."""

_APPEND_HEAD: Final = b'{"type":"input_audio_buffer.append","audio":"'
_APPEND_TAIL: Final = b'"}'


class Outbox:
    """A queue of client events as JSON; microphone audio may be dropped.

    While nothing waits, audio goes straight to whoever can `send_now`.
    """

    __slots__ = (
        "_audio",
        "_events",
        "_has_some",
        "_send_now",
        "_size",
        "dropped_frames",
    )

    def __init__(self) -> None:
        """Start with nothing to send."""
        self._events: deque[bytes] = deque()
        self._audio: deque[bytes] = deque()
        self._has_some = asyncio.Event()
        self._size = 0
        self._send_now: Callable[[bytes], bool] = _cannot_send
        self.dropped_frames = 0

    @property
    def is_full(self) -> bool:
        """Tell whether the service has long stopped taking events."""
        return len(self._events) >= LONGEST_BACKLOG or self._size >= LARGEST_BACKLOG

    def put(self, event: dict[str, Any]) -> None:
        """Queue a client event."""
        data = orjson.dumps(event)
        self._size += len(data)
        self._add(data)

    def put_audio(self, pcm: bytes) -> None:
        """Queue an append of PCM s16le mono 24 kHz; written without a model."""
        event = _APPEND_HEAD + b2a_base64(pcm, newline=False) + _APPEND_TAIL
        if not self._events and self._send_now(event):
            return
        if len(self._audio) >= LONGEST_AUDIO_BACKLOG:
            self._drop_oldest_audio()
        self._audio.append(event)
        self._add(event)

    async def get(self) -> bytes:
        """Return the next event's JSON, waiting for one."""
        while not self._events:
            self._has_some.clear()
            await self._has_some.wait()
        event = self._events.popleft()
        if self._audio and self._audio[0] is event:
            self._audio.popleft()
        else:
            self._size -= len(event)
        return event

    def open(self, send_now: Callable[[bytes], bool]) -> None:
        """Let audio pass the queue by while it is empty.

        `send_now` sends an event's JSON without waiting, or tells that it cannot.
        """
        self._send_now = send_now

    def clear(self) -> None:
        """Forget everything: the session it was meant for is gone."""
        self._send_now = _cannot_send
        self._events.clear()
        self._audio.clear()
        self._size = 0

    def _add(self, event: bytes) -> None:
        """Queue an event's JSON."""
        self._events.append(event)
        self._has_some.set()

    def _drop_oldest_audio(self) -> None:
        """Forget the oldest frame: what is said now matters more."""
        self._events.remove(self._audio.popleft())
        self.dropped_frames += 1


def _cannot_send(_event: bytes) -> bool:
    """Send nothing: there is no session."""
    return False
