"""Changing the sample rate of whole sounds, and with it their pitch."""

import numpy as np

type Sound = np.ndarray[tuple[int], np.dtype[np.float64]]

_REACH = 16
"""Samples on either side that one new sample is made of."""


def resampled(samples: Sound, factor: float) -> Sound:
    """Return a sound with `factor` times as many samples (windowed sinc).

    What the new rate cannot hold is filtered out.
    """
    count = int(samples.size * factor)
    places = np.arange(count) / factor
    centers = places.astype(np.int64)
    cutoff = min(1.0, factor)
    padded = np.pad(samples, _REACH)
    result = np.zeros(count)
    for offset in range(1 - _REACH, _REACH + 1):
        distance = centers + offset - places
        window = np.cos(np.pi * distance / (2 * _REACH)) ** 2
        weight = np.sinc(distance * cutoff) * window
        result += padded[centers + offset + _REACH] * weight
    return result * cutoff
