"""PCM formats and their exact conversions between bytes and milliseconds."""

from array import array
from dataclasses import dataclass
from typing import Final

SAMPLE_WIDTH: Final = 2


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """PCM s16le of `rate` Hz with interleaved `channels`."""

    rate: int
    channels: int = 1

    @property
    def frame_bytes(self) -> int:
        """Return the bytes of one sample of all channels."""
        return SAMPLE_WIDTH * self.channels

    def bytes_of(self, ms: float) -> int:
        """Return the bytes of the whole samples in `ms` milliseconds."""
        return int(ms * self.rate / 1000) * self.frame_bytes

    def ms_of(self, size: int) -> float:
        """Return how many milliseconds the whole samples in `size` bytes last."""
        return size // self.frame_bytes * 1000 / self.rate


PCM_24K: Final = AudioFormat(rate=24_000)
"""What the Realtime service hears and speaks: PCM s16le mono 24 kHz."""


def first_channel(pcm: bytes, channels: int) -> bytes:
    """Return the first channel of interleaved PCM s16le.

    Microphone arrays put the processed signal there; a mix of several
    microphones would be a comb filter.
    """
    return pcm if channels == 1 else array("h", pcm)[::channels].tobytes()


def spread(pcm: bytes, channels: int) -> bytes:
    """Return mono PCM s16le repeated on each of `channels` channels."""
    if channels == 1:
        return pcm
    mono = array("h", pcm)
    wide = array("h", bytes(len(pcm) * channels))
    for channel in range(channels):
        wide[channel::channels] = mono
    return wide.tobytes()
