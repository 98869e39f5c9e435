"""What of the microphone the service gets to hear."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from .actions import Send, SendAudio

BYTES_PER_S: Final = 48_000

BUFFERED_BYTES: Final = 16 * BYTES_PER_S
"""16 s of microphone while there is no session: more than it is tried for."""

LEAD_BYTES: Final = BYTES_PER_S
"""What is remembered of the time before speech is noticed: 1 s."""

CATCH_UP_BYTES: Final = BYTES_PER_S // 2
"""What was kept is sent in pieces of half a second."""


class _Frames:
    """A bounded stretch of sound; the oldest frames go first."""

    __slots__ = ("_frames", "_size")

    def __init__(self) -> None:
        """Start empty."""
        self._frames: deque[bytes] = deque()
        self._size = 0

    def add(self, pcm: bytes, limit: int) -> None:
        """Add a frame, keeping at most so many bytes."""
        self._frames.append(pcm)
        self._size += len(pcm)
        while self._size > limit:
            self._size -= len(self._frames.popleft())

    def take(self) -> bytes:
        """Return everything and start anew."""
        pcm = b"".join(self._frames)
        self._frames.clear()
        self._size = 0
        return pcm


class MicrophoneGate:
    """Pass frames on, keep them for a session to come, or hold them back."""

    __slots__ = (
        "_is_marked",
        "_is_muffled",
        "_is_open",
        "_kept",
        "_sent",
        "is_closed",
    )

    def __init__(self) -> None:
        """Start without a session."""
        self._kept = _Frames()
        self._sent = _Frames()
        self._is_open = False
        self._is_muffled = False
        self._is_marked = False
        self.is_closed = False
        """Nothing is sent any more: the conversation is at its end."""

    def pass_on(self, pcm: bytes) -> bytes | None:
        """Return what of a frame is sent now: silence of equal length while muffled.

        None where nothing is, and the frame was not taken.
        """
        if self.is_closed or not self._is_open:
            return None
        if self._is_muffled:
            pcm = bytes(len(pcm))
        self._sent.add(pcm, BUFFERED_BYTES if self._is_marked else LEAD_BYTES)
        return pcm

    def hear(self, pcm: bytes) -> tuple[SendAudio, ...]:
        """Pass a frame on, or keep it for a session to come."""
        if (passed_on := self.pass_on(pcm)) is not None:
            return (SendAudio(passed_on),)
        if not self.is_closed:
            self._kept.add(bytes(len(pcm)) if self._is_muffled else pcm, BUFFERED_BYTES)
        return ()

    def open(self) -> Iterator[SendAudio]:
        """Send what was kept: a session is ready."""
        self._is_open = True
        pcm = self._kept.take()
        if self.is_closed:
            return
        for start in range(0, len(pcm), CATCH_UP_BYTES):
            yield SendAudio(pcm[start : start + CATCH_UP_BYTES])

    def lose(self, *, replays: bool) -> None:
        """Keep frames from now on, the oldest going first: no session.

        `replays`: what was said last goes to the next session as well, unless
        its words are known.
        """
        self._is_open = False
        said = self._sent.take()
        if replays and self._is_marked:
            self._kept.add(said, BUFFERED_BYTES)
        self._is_marked = False

    def mark(self) -> None:
        """Remember what is sent: it is speech whose words are not known yet."""
        self._is_marked = True

    def unmark(self) -> None:
        """Remember no more: its words are known, or nobody spoke."""
        self._is_marked = False

    def muffle(self) -> None:
        """Send silence: the voice would hear itself (half duplex)."""
        self._is_muffled = True

    def unmuffle(self) -> None:
        """Hear again."""
        self._is_muffled = False

    def reopen(self) -> Iterator[Send]:
        """Hear again after an answer; the service forgets its echo."""
        if self._is_muffled:
            self._is_muffled = False
            if self._is_open:
                yield Send({"type": "input_audio_buffer.clear"})
