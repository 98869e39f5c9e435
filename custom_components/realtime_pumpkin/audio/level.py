"""How loud PCM is. Audio is PCM s16le mono; levels are dBFS of the RMS."""

from math import log10, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .formats import PCM_24K, SAMPLE_WIDTH

FULL_SCALE: Final = 32768.0
SILENCE_DBFS: Final = -96.0
QUIET_DBFS: Final = -50.0
SHOUT_DBFS: Final = -10.0
WINDOW_MS: Final = 40

_WINDOW_BYTES: Final = PCM_24K.bytes_of(WINDOW_MS)
_WINDOW_SAMPLES: Final = _WINDOW_BYTES // SAMPLE_WIDTH


def level_dbfs(pcm: bytes) -> float:
    """Return the level of the whole in dBFS, -96 for silence or nothing."""
    samples = _samples(pcm)
    if not samples.size:
        return SILENCE_DBFS
    return _dbfs(float(np.dot(samples, samples)) / samples.size)


def leading_silence(pcm: bytes, threshold_dbfs: float) -> int:
    """Return how many bytes at the start stay below a peak of so many dBFS."""
    samples = np.abs(_samples(pcm))
    loud = np.flatnonzero(samples > FULL_SCALE * 10 ** (threshold_dbfs / 20))
    return int(loud[0]) * 2 if loud.size else len(pcm) // 2 * 2


def loudness(dbfs: float, quiet_dbfs: float = QUIET_DBFS) -> float:
    """Return how loud a level of speech looks: 0 is quiet, 1 is a shout."""
    return min(1.0, max(0.0, (dbfs - quiet_dbfs) / (SHOUT_DBFS - quiet_dbfs)))


class LoudnessMeter:
    """Measure a stream of PCM s16le mono 24 kHz, in windows of 40 ms."""

    def __init__(self, quiet_dbfs: float = QUIET_DBFS) -> None:
        """Begin a stream; up to `quiet_dbfs` there is nothing to hear."""
        self._quiet_dbfs = quiet_dbfs
        self._rest = b""

    def push(self, pcm: bytes) -> list[float]:
        """Return the loudness of each window that is full now."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % _WINDOW_BYTES
        self._rest = pcm[whole:]
        if not whole:
            return []
        windows = _samples(pcm[:whole]).reshape(-1, _WINDOW_SAMPLES)
        powers = np.einsum("ij,ij->i", windows, windows).tolist()
        return [
            loudness(_dbfs(power / _WINDOW_SAMPLES), self._quiet_dbfs)
            for power in powers
        ]


class Envelope:
    """The loudness of a stream of PCM s16le mono 24 kHz, in windows of 40 ms."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._meter = LoudnessMeter()
        self._windows: list[float] = []

    @property
    def length_ms(self) -> int:
        """Return how much of the stream is measured, in ms."""
        return len(self._windows) * WINDOW_MS

    def push(self, pcm: bytes) -> None:
        """Add PCM; what fills no window yet waits."""
        self._windows += self._meter.push(pcm)

    def at(self, ms: float) -> float:
        """Return the loudness at a time of the stream, 0 where there is no sound."""
        window = int(ms // WINDOW_MS)
        return self._windows[window] if 0 <= window < len(self._windows) else 0.0


def _samples(pcm: bytes) -> NDArray[np.float32]:
    """Return the samples as floats; an odd last byte is left out."""
    return np.frombuffer(pcm, "<i2", count=len(pcm) // 2).astype(np.float32)


def _dbfs(power: float) -> float:
    """Return a mean square in dBFS."""
    if power <= 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 20 * log10(sqrt(power) / FULL_SCALE))
