"""A microphone's sound on its way to the session: frames, and a place to wait."""

from collections import deque
from typing import Final

from ..audio.formats import PCM_24K, AudioFormat
from ..audio.framing import Framer
from ..audio.resample import Resampler

_FRAME_MS: Final = 20
_LONGEST_FRAME_MS: Final = 100
_QUEUE_BYTES: Final = PCM_24K.bytes_of(5_000)


def new_framer() -> Framer:
    """Return what cuts PCM mono 24 kHz into frames."""
    return Framer(PCM_24K.bytes_of(_FRAME_MS), PCM_24K.bytes_of(_LONGEST_FRAME_MS))


class FrameDecoder:
    """Turn the sound of one microphone into frames of PCM mono 24 kHz."""

    def __init__(self) -> None:
        """Start before the first sound."""
        self._framer = new_framer()
        self._resampler: Resampler | None = None

    def push(self, source: AudioFormat, pcm: bytes) -> list[bytes]:
        """Return the frames that PCM s16le of a format completes.

        Each is a whole multiple of 20 ms, at most 100 ms.
        """
        if not pcm:
            return []
        if self._resampler is None or self._resampler.source != source:
            return self._framer.push(self._start(source, pcm))
        return self._framer.push(self._resampler.push(pcm))

    def _start(self, source: AudioFormat, pcm: bytes) -> bytes:
        """Begin a stream in a new format.

        What the filter holds back is filled with silence (one millisecond), so
        that chunks of 20 ms give a frame each instead of one chunk too late.
        """
        held = self._resampler.flush() if self._resampler is not None else b""
        self._resampler = Resampler(source, PCM_24K)
        first = self._resampler.push(pcm)
        whole = PCM_24K.bytes_of(source.ms_of(len(pcm)))
        return held + bytes(max(0, whole - len(first))) + first


class FrameQueue:
    """Keep the newest five seconds of frames until somebody takes them."""

    def __init__(self) -> None:
        """Start empty."""
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._dropped = 0

    def __bool__(self) -> bool:
        """Tell whether there is a frame to take."""
        return bool(self._frames)

    @property
    def dropped(self) -> int:
        """Return how many frames were lost because nobody took them in time."""
        return self._dropped

    def put(self, frame: bytes) -> None:
        """Add a frame; the oldest ones make way."""
        self._frames.append(frame)
        self._bytes += len(frame)
        while self._bytes > _QUEUE_BYTES:
            self.take()
            self._dropped += 1

    def take(self) -> bytes:
        """Take the oldest frame."""
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame
