"""What of the microphone the service gets to hear."""

from collections import deque
from collections.abc import Iterator

from .actions import Send, SendAudio

# At 20 to 100 ms a frame: 5 to 25 s of microphone while there is no session.
BUFFERED_FRAMES = 250


class MicrophoneGate:
    """Pass frames on, keep them for a session to come, or hold them back."""

    __slots__ = ("_frames", "_is_muffled", "_is_open", "is_closed")

    def __init__(self) -> None:
        """Start without a session."""
        self._frames: deque[bytes] = deque(maxlen=BUFFERED_FRAMES)
        self._is_open = False
        self._is_muffled = False
        self.is_closed = False
        """Nothing is sent any more: the conversation is at its end."""

    def hear(self, pcm: bytes) -> Iterator[SendAudio]:
        """Pass a frame on, as silence of equal length while muffled."""
        if self.is_closed:
            return
        if not self._is_open:
            self._frames.append(pcm)
        else:
            yield SendAudio(bytes(len(pcm)) if self._is_muffled else pcm)

    def open(self) -> Iterator[SendAudio]:
        """Send what was kept: a session is ready."""
        self._is_open = True
        while self._frames:
            yield from self.hear(self._frames.popleft())

    def lose(self) -> None:
        """Keep frames from now on, the oldest going first: no session."""
        self._is_open = False

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
            yield Send({"type": "input_audio_buffer.clear"})
