"""A short sweep, and where it lies in what a microphone recorded.

Audio is PCM s16le mono 24 kHz.
"""

from dataclasses import dataclass
import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .formats import PCM_24K

CHIRP_MS: Final = 400
_LOWEST_HZ: Final = 500
_HIGHEST_HZ: Final = 4000
_PEAK: Final = 0.25 * 32768
# Speech and tones reach 0.2, the chirp among noise of its own level 0.7.
_LEAST_LIKENESS: Final = 0.3
# Quieter than this is rounding, however much it looks like a chirp.
_LEAST_RMS: Final = 2.0

type _Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HeardChirp:
    """Where the chirp lies in a recording, and how it came back."""

    delay_ms: float
    """How long after the recording's start it begins."""

    return_db: float
    """How loud it is, compared with what was played."""

    likeness: float
    """How much of what sounds there is the chirp, from 0 to 1."""


@functools.cache
def chirp() -> bytes:
    """Return the sweep: 0.4 s, 500 to 4000 Hz, 12 dB below full scale."""
    count = CHIRP_MS * PCM_24K.rate // 1000
    time = np.arange(count) / PCM_24K.rate
    seconds = CHIRP_MS / 1000
    octaves = np.log(_HIGHEST_HZ / _LOWEST_HZ)
    phase = np.expm1(time * octaves / seconds) * _LOWEST_HZ * seconds / octaves
    window = np.sqrt(np.hanning(count))
    sweep = _PEAK * window * np.sin(2 * np.pi * phase)
    pcm: bytes = np.round(sweep).astype("<i2").tobytes()
    return pcm


def find_chirp(recording: bytes) -> HeardChirp | None:
    """Return where the chirp lies in a recording; None where it is not heard.

    The strongest one counts, and it must lie within the recording as a whole.
    """
    sweep = _samples(chirp())
    heard = _samples(recording)
    if len(heard) < len(sweep):
        return None
    heard = _only_band(heard)
    places = len(heard) - len(sweep) + 1
    product = _correlate(heard, sweep)[:places]
    energy = np.maximum(_energy(heard, len(sweep)), len(sweep) * _LEAST_RMS**2)
    own_energy = float(np.dot(sweep, sweep))
    likeness = np.abs(product) / np.sqrt(energy * own_energy)
    place = int(np.argmax(likeness))
    if likeness[place] < _LEAST_LIKENESS:
        return None
    gain = abs(float(product[place])) / own_energy
    return HeardChirp(
        place * 1000 / PCM_24K.rate,
        20 * float(np.log10(gain)),
        min(1.0, float(likeness[place])),
    )


def _samples(pcm: bytes) -> _Samples:
    """Return the samples as numbers; an odd last byte is left out."""
    return np.frombuffer(pcm, "<i2", count=len(pcm) // 2).astype(np.float64)


def _only_band(samples: _Samples) -> _Samples:
    """Return what lies in the chirp's band: rumble and hiss say nothing."""
    spectrum = np.fft.rfft(samples)
    frequency = np.fft.rfftfreq(len(samples), 1 / PCM_24K.rate)
    spectrum[(frequency < _LOWEST_HZ / 1.2) | (frequency > _HIGHEST_HZ * 1.1)] = 0
    return np.asarray(np.fft.irfft(spectrum, len(samples)), np.float64)


def _correlate(long: _Samples, short: _Samples) -> _Samples:
    """Return how much of one signal is in another, place by place."""
    size = 1 << (len(long) + len(short)).bit_length()
    spectrum = np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size))
    return np.asarray(np.fft.irfft(spectrum, size), np.float64)


def _energy(samples: _Samples, width: int) -> _Samples:
    """Return the energy of each stretch of `width` samples."""
    total = np.concatenate(([0.0], np.cumsum(np.square(samples))))
    return np.asarray(total[width:] - total[:-width], np.float64)
