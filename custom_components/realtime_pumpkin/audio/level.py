"""How loud PCM is. Audio is PCM s16le mono; levels are dBFS of the RMS."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .formats import PCM_24K

FULL_SCALE: Final = 32768.0
SILENCE_DBFS: Final = -96.0
QUIET_DBFS: Final = -50.0
SHOUT_DBFS: Final = -10.0
WINDOW_MS: Final = 40

_WINDOW_BYTES: Final = PCM_24K.bytes_of(WINDOW_MS)


def level_dbfs(pcm: bytes) -> float:
    """Return the level of the whole in dBFS, -96 for silence or nothing."""
    samples = _samples(pcm)
    if not samples.size:
        return SILENCE_DBFS
    return _dbfs(float(np.sqrt(np.mean(np.square(samples)))))


def leading_silence(pcm: bytes, threshold_dbfs: float) -> int:
    """Return how many bytes at the start stay below a peak of so many dBFS."""
    samples = np.abs(_samples(pcm))
    loud = np.flatnonzero(samples > FULL_SCALE * 10 ** (threshold_dbfs / 20))
    return int(loud[0]) * 2 if loud.size else len(pcm) // 2 * 2


def loudness(dbfs: float) -> float:
    """Return how loud a level of speech looks: 0 is silence, 1 is a shout."""
    return min(1.0, max(0.0, (dbfs - QUIET_DBFS) / (SHOUT_DBFS - QUIET_DBFS)))


class Envelope:
    """The loudness of a stream of PCM s16le mono 24 kHz, in windows of 40 ms."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._rest = b""
        self._windows: list[float] = []

    def push(self, pcm: bytes) -> None:
        """Add PCM; what fills no window yet waits."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % _WINDOW_BYTES
        self._rest = pcm[whole:]
        windows = np.square(_samples(pcm[:whole]).reshape(-1, _WINDOW_BYTES // 2))
        levels = np.sqrt(np.mean(windows, axis=1))
        self._windows.extend(loudness(_dbfs(float(level))) for level in levels)

    def at(self, ms: float) -> float:
        """Return the loudness at a time of the stream, 0 where there is no sound."""
        window = int(ms // WINDOW_MS)
        return self._windows[window] if 0 <= window < len(self._windows) else 0.0


def _samples(pcm: bytes) -> NDArray[np.float32]:
    """Return the samples as floats; an odd last byte is left out."""
    return np.frombuffer(pcm, "<i2", count=len(pcm) // 2).astype(np.float32)


def _dbfs(rms: float) -> float:
    """Return a root mean square in dBFS."""
    if rms <= 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 20 * float(np.log10(rms / FULL_SCALE)))
