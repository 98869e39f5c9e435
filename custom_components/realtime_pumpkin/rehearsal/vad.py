"""Speech detection: how likely it is that each short frame holds a voice."""

from typing import Protocol

import numpy as np

from .sound import RATE, Samples

type Probabilities = np.ndarray[tuple[int], np.dtype[np.float64]]

_FRAME = RATE // 50
"""20 ms."""
_SILENT_DB, _LOUD_DB = -60.0, -20.0
"""Levels of probability 0 and 1, so that the usual threshold 0.5 is -40 dBFS."""


class SpeechDetector(Protocol):
    """Judge frames of one microphone; keeps what does not fill a frame."""

    @property
    def frame(self) -> int:
        """Return the samples (24 kHz) in a frame."""
        ...

    def judge(self, samples: Samples) -> Probabilities:
        """Return the probability of speech in each frame that is now complete."""
        ...

    def reset(self) -> None:
        """Forget what was heard."""
        ...


class EnergyDetector:
    """Take loud frames for speech."""

    frame = _FRAME

    def __init__(self) -> None:
        """Start with no audio."""
        self._rest: Samples = np.zeros(0, np.int16)

    def judge(self, samples: Samples) -> Probabilities:
        """Return a probability of 0 at -60 dBFS rising to 1 at -20 dBFS."""
        if self._rest.size:
            samples = np.concatenate((self._rest, samples))
        whole = samples.size - samples.size % _FRAME
        self._rest = samples[whole:]
        if not samples.any():  # Most of what a microphone hears; nothing to compute.
            return np.zeros(whole // _FRAME)
        frames = samples[:whole].reshape(-1, _FRAME).astype(np.float64)
        power = np.einsum("ij,ij->i", frames, frames) / (_FRAME * 32768.0**2)
        level = 10 * np.log10(power + 1e-12)
        likely: Probabilities = np.clip(
            (level - _SILENT_DB) / (_LOUD_DB - _SILENT_DB), 0, 1
        )
        return likely

    def reset(self) -> None:
        """Drop an unfinished frame."""
        self._rest = self._rest[:0]
