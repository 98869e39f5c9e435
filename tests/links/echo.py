"""A microphone that hears the speaker beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custom_components.realtime_pumpkin.audio.chirp import chirp
from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.audio.mp3 import BYTES_PER_MS, ENCODER_DELAY_MS
from custom_components.realtime_pumpkin.links.protocols import LinkCapabilities
from tests.audio.signals import samples
from tests.links.fake_player import FakePlayer
from tests.links.satellite import CHUNK_MS, FakeSatellite
from tests.links.test_stream import Reader
from tests.links.virtual_time import now

_LONGEST_DELAY_S = 4.0


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
        at, values = _played(satellite, delay_ms, since=time[0])
        if len(at):
            heard += gain * np.interp(time, at, values, left=0, right=0)
        return np.round(heard).clip(-32768, 32767).astype("<i2").tobytes()

    satellite.sound = sound


def _played(
    satellite: FakeSatellite, delay_ms: Callable[[float], float], *, since: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when which of the speaker's last samples are heard, from a time on."""
    at: list[NDArray[np.float64]] = []
    for piece in reversed(satellite.played):
        if piece.end < now() - _LONGEST_DELAY_S:
            break
        size = round((piece.end - piece.begin) * PCM_24K.rate)
        begin = piece.begin + delay_ms(piece.begin) / 1000
        at.append(begin + np.arange(size) / PCM_24K.rate)
        if begin <= since:
            break
    times = np.concatenate(at[::-1]) if at else np.zeros(0)
    if not len(times):
        return times, times
    values = samples(bytes(satellite.pcm[-2 * len(times) :]))
    return times[-len(values) :], values


@dataclass
class PlayerMicrophone:
    """An `AudioSource` that hears what a media player begins with: a chirp."""

    player: FakePlayer
    latency_ms: float
    prebuffer_ms: float = 0
    gain_db: float = -20.0

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what a microphone without a speaker can do."""
        return LinkCapabilities(
            full_duplex=True, echo_cancelled=False, remote_start=True, stop_latency_ms=0
        )

    async def open(self) -> None:
        """Listen from now on."""

    async def close(self) -> None:
        """Listen no more."""

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield 20 ms of what was heard, as soon as it was."""
        rng, size = np.random.default_rng(1), PCM_24K.rate * CHUNK_MS // 1000
        begin = now()
        for n in range(1, 10_000):
            await asyncio.sleep(max(0.0, begin + n * CHUNK_MS / 1000 - now()))
            heard = rng.normal(0, 20, size) + self._echo(now() - CHUNK_MS / 1000, size)
            yield np.round(heard).astype("<i2").tobytes()

    def _echo(self, since: float, size: int) -> NDArray[np.float64]:
        """Return the chirps of so many samples from a time on."""
        sound = samples(chirp()) * 10 ** (self.gain_db / 20)
        heard = np.zeros(size)
        for reader in self.player.readers:
            if (begins_at := self._begins_at(reader)) is None:
                continue
            place = round((since - begins_at) * PCM_24K.rate)
            at = np.arange(place, place + size)
            inside = (at >= 0) & (at < len(sound))
            heard[inside] += sound[at[inside]]
        return heard

    def _begins_at(self, reader: Reader) -> float | None:
        """Return when the player lets a stream be heard: it has enough, or all."""
        fetched_ms = 0.0
        for at, chunk in reader.chunks:
            fetched_ms += len(chunk) / BYTES_PER_MS
            if fetched_ms >= self.prebuffer_ms:
                return at + (self.latency_ms + ENCODER_DELAY_MS) / 1000
        return None
