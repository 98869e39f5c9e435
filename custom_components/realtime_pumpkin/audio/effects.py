"""Sounds of the show, made by arithmetic: the same bytes each time, and no files.

Audio is PCM s16le mono 24 kHz. Each is about as loud as speech.
"""

from collections.abc import Callable, Mapping
import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .formats import PCM_24K

LOUDNESS_DBFS: Final = -18.0
"""The RMS of a sound's loudest 400 ms, as of a voice that speaks up."""

HIGHEST_PEAK: Final = 0.7
LONGEST_S: Final = 4.0
_RATE: Final = PCM_24K.rate
_WINDOW: Final = 400 * _RATE // 1000
_FADE: Final = 20 * _RATE // 1000

type _Samples = NDArray[np.float64]


def _laugh() -> _Samples:
    """Laugh six times "ha", each a little lower: a breath, then an open vowel."""
    pitches = (150, 165, 148, 132, 118, 100)
    return np.concatenate([_ha(pitch, at) for at, pitch in enumerate(pitches)])


def _ha(pitch: float, seed: int) -> _Samples:
    """Say "ha" at a pitch in Hz."""
    time = _time(0.26)
    hz = pitch * (1.08 - 0.25 * time / 0.26)
    phase = 2 * np.pi * np.cumsum(hz) / _RATE
    vowel = np.zeros_like(time)
    for harmonic in range(1, 30):
        vowel += _formants(harmonic * pitch) * np.sin(harmonic * phase)
    breath = _band(_noise(time.size, seed), 500, 5000) * np.exp(-time / 0.03)
    swell = np.clip(time / 0.03, 0, 1) * np.exp(-np.clip(time - 0.08, 0, None) / 0.05)
    return np.asarray(_even(vowel) * swell + 0.25 * _even(breath))


def _formants(hz: float) -> float:
    """Return how much of a frequency passes a mouth that says "ah"."""
    throats = ((730, 90, 1.0), (1090, 110, 0.6), (2440, 160, 0.25))
    return sum(gain / (1 + ((hz - at) / width) ** 2) for at, width, gain in throats)


def _creak() -> _Samples:
    """Open an old door: wood sticks and slips, faster and slower again."""
    time = _time(1.9)
    rate = 22 + 70 * np.sin(np.pi * time / 1.9) ** 2 + 6 * np.sin(9 * time)
    phase = np.cumsum(rate) / _RATE
    slips = np.diff(np.floor(phase), prepend=0.0)
    slips *= 0.7 + 0.3 * np.abs(_noise(time.size, 11))
    ring = _time(0.06)
    wood = sum(
        np.sin(2 * np.pi * hz * ring) * np.exp(-ring / fade)
        for hz, fade in ((420, 0.012), (910, 0.008), (1730, 0.005), (2900, 0.003))
    )
    return np.convolve(slips, np.asarray(wood))[: time.size]


def _thunder() -> _Samples:
    """Crack, then roll away in waves."""
    time = _time(3.8)
    crack = _band(_noise(time.size, 21), 300, 6000) * np.exp(-time / 0.09)
    roll = _band(_noise(time.size, 22), 45, 320)
    waves = 0.5 + 0.5 * np.sin(2 * np.pi * (0.9 * time + 0.4 * np.sin(3.1 * time)))
    fade = np.clip(time / 0.12, 0, 1) * np.exp(-time / 1.3)
    return np.asarray(0.24 * _even(crack) + _even(roll) * waves * fade)


def _bats() -> _Samples:
    """Let bats flutter by and squeak."""
    time = _time(2.2)
    dice = np.random.default_rng(31)
    flutter = _band(_noise(time.size, 32), 250, 1500)
    flutter *= np.clip(np.sin(2 * np.pi * 13 * time), 0, 1) ** 2
    sound: _Samples = 0.35 * _even(flutter) * np.sin(np.pi * time / 2.2)
    for start in np.sort(dice.uniform(0.1, 2.0, 16)):
        squeak = _squeak(dice.uniform(4200, 6800))
        at = int(start * _RATE)
        sound[at : at + squeak.size] += squeak[: sound.size - at]
    return sound


def _squeak(hz: float) -> _Samples:
    """Squeak once, downwards from a frequency."""
    time = _time(0.05)
    phase = 2 * np.pi * np.cumsum(hz * (1 - 6 * time)) / _RATE
    return np.asarray(np.sin(phase) * np.hanning(time.size) * 0.8)


def _wind() -> _Samples:
    """Howl around a house: bands of noise that swell one after the other."""
    time = _time(3.6)
    howl = np.zeros_like(time)
    for at, hz in enumerate((260, 340, 430, 540, 660)):
        band = _even(_band(_noise(time.size, 41 + at), hz * 0.93, hz * 1.07))
        howl += band * (0.5 + 0.5 * np.sin(2 * np.pi * 0.45 * time - at * 0.9)) ** 2
    hiss = _even(_band(_noise(time.size, 51), 600, 2500)) * 0.12
    return np.asarray((howl + hiss) * np.sin(np.pi * time / 3.6) ** 0.7)


def _bell() -> _Samples:
    """Strike a church bell: partials that are no multiples, high ones gone first."""
    time = _time(3.2)
    partials = (0.5, 1.0, 1.19, 1.5, 2.0, 2.52, 3.01, 4.17)
    sound = np.zeros_like(time)
    for at, ratio in enumerate(partials):
        swing = np.sin(2 * np.pi * 262 * ratio * time)
        sound += swing * np.exp(-time * (0.8 + 0.6 * at)) / (1 + 0.35 * at)
    return np.asarray(sound * np.clip(time / 0.004, 0, 1))


SOUNDS: Final[Mapping[str, Callable[[], _Samples]]] = {
    "laugh": _laugh,
    "creak": _creak,
    "thunder": _thunder,
    "bats": _bats,
    "wind": _wind,
    "bell": _bell,
}


@functools.cache
def effect(name: str) -> bytes:
    """Return a sound of at most 4 s; raise `KeyError` where there is none. Computes."""
    sound = SOUNDS[name]()
    sound = sound * 10 ** (LOUDNESS_DBFS / 20) / _loudest(sound)
    sound = HIGHEST_PEAK * np.tanh(sound / HIGHEST_PEAK)
    sound[-_FADE:] *= np.linspace(1, 0, _FADE)
    pcm: bytes = np.round(sound * 32767).astype("<i2").tobytes()
    return pcm


def _loudest(sound: _Samples) -> float:
    """Return the RMS of the loudest 400 ms."""
    power = np.concatenate(([0.0], np.cumsum(np.square(sound))))
    window = min(_WINDOW, sound.size)
    return float(np.sqrt(np.max(power[window:] - power[:-window]) / window))


def _time(seconds: float) -> _Samples:
    """Return the seconds at which samples lie."""
    return np.arange(int(seconds * _RATE)) / _RATE


def _noise(count: int, seed: int) -> _Samples:
    """Return noise, the same for the same seed."""
    return np.random.default_rng(seed).standard_normal(count)


def _band(samples: _Samples, lowest_hz: float, highest_hz: float) -> _Samples:
    """Return what lies between two frequencies."""
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(samples.size, 1 / _RATE)
    spectrum[(hz < lowest_hz) | (hz > highest_hz)] = 0
    return np.asarray(np.fft.irfft(spectrum, samples.size), np.float64)


def _even(samples: _Samples) -> _Samples:
    """Return a sound whose RMS is 1."""
    return samples / max(float(np.sqrt(np.mean(np.square(samples)))), 1e-9)
