"""How loud PCM is. Audio is PCM s16le mono; levels are dBFS of the RMS."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FULL_SCALE: Final = 32768.0
SILENCE_DBFS: Final = -96.0


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


def _samples(pcm: bytes) -> NDArray[np.float32]:
    """Return the samples as floats; an odd last byte is left out."""
    return np.frombuffer(pcm, "<i2", count=len(pcm) // 2).astype(np.float32)


def _dbfs(rms: float) -> float:
    """Return a root mean square in dBFS."""
    if rms <= 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 20 * float(np.log10(rms / FULL_SCALE)))
