"""A microphone that hears the speaker beside it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from tests.audio.signals import samples
from tests.links.satellite import CHUNK_MS, FakeSatellite
from tests.links.virtual_time import now


def let_hear_itself(
    satellite: FakeSatellite,
    delay_ms: Callable[[float], float],
    gain_db: float,
    noise_rms: float = 0.0,
) -> None:
    """Let the microphone hear the speaker, late and softer, among noise.

    `delay_ms` is asked with the sound's time in the speaker.
    """
    rng = np.random.default_rng(1)
    gain = 10 ** (gain_db / 20)
    rate = satellite.microphone.rate
    count = rate * CHUNK_MS // 1000

    begins: list[float] = []

    def sound(n: int) -> bytes:
        """Return what was heard during the last chunk."""
        heard = rng.normal(0, 1, count) * noise_rms
        if n == 0:
            begins.append(now())
        # Not the time of the call: a busy machine would tear the sound apart.
        time = begins[-1] + ((n - 1) * count + np.arange(count)) / rate
        at, values = _played(satellite, delay_ms)
        if len(at):
            heard += gain * np.interp(time, at, values, left=0, right=0)
        return np.round(heard).clip(-32768, 32767).astype("<i2").tobytes()

    satellite.sound = sound


def _played(
    satellite: FakeSatellite, delay_ms: Callable[[float], float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when which samples of the speaker are heard."""
    values = samples(bytes(satellite.pcm))
    at = np.zeros(len(values))
    place = 0
    for piece in satellite.played:
        size = round((piece.end - piece.begin) * PCM_24K.rate)
        begin = piece.begin + delay_ms(piece.begin) / 1000
        at[place : place + size] = begin + np.arange(size) / PCM_24K.rate
        place += size
    return at[:place], values[:place]
