"""Tests of the chirp and of finding it."""

from hypothesis import example, given, settings, strategies as st
import numpy as np
import pytest

from custom_components.realtime_pumpkin.audio.chirp import CHIRP_MS, chirp, find_chirp
from custom_components.realtime_pumpkin.audio.formats import PCM_24K, AudioFormat
from custom_components.realtime_pumpkin.audio.level import level_dbfs
from custom_components.realtime_pumpkin.audio.resample import Resampler
from tests.audio.signals import samples, tone

PCM_16K = AudioFormat(16_000)
CHIRP_RMS = float(np.sqrt(np.mean(np.square(samples(chirp())))))


def recorded(
    delay_ms: float, gain_db: float, noise_rms: float = 0.0, seed: int = 1
) -> bytes:
    """Return four seconds in which the chirp is heard once."""
    heard = np.random.default_rng(seed).normal(0, 1, PCM_24K.rate * 4) * noise_rms
    begin = int(delay_ms * PCM_24K.rate / 1000)
    sweep = samples(chirp()) * 10 ** (gain_db / 20)
    heard[begin : begin + len(sweep)] += sweep
    return np.round(heard).clip(-32768, 32767).astype("<i2").tobytes()


def resampled(pcm: bytes) -> bytes:
    """Return the sound as a microphone of 16 kHz gives it to us."""
    for source, target in ((PCM_24K, PCM_16K), (PCM_16K, PCM_24K)):
        resampler = Resampler(source, target)
        pcm = resampler.push(pcm) + resampler.flush()
    return pcm


def babble(seed: int, ms: int = 4000) -> bytes:
    """Return something like speech: syllables of harmonics that glide."""
    rng = np.random.default_rng(seed)
    heard = np.zeros(PCM_24K.rate * ms // 1000)
    begin = 0
    while begin < len(heard):
        count = int(rng.uniform(0.08, 0.3) * PCM_24K.rate)
        pitch = np.linspace(rng.uniform(90, 300), rng.uniform(90, 300), count)
        phase = 2 * np.pi * np.cumsum(pitch) / PCM_24K.rate
        syllable = sum(
            np.sin(n * phase) * rng.uniform(0.1, 1) / n for n in range(1, 13)
        )
        end = min(begin + count, len(heard))
        heard[begin:end] = (np.hanning(count) * syllable)[: end - begin]
        begin = end + int(rng.uniform(0, 0.15) * PCM_24K.rate)
    return (heard * 6000).clip(-32768, 32767).astype("<i2").tobytes()


def test_the_chirp_hurts_no_ears() -> None:
    """It is soft, swells and fades, and lasts 0.4 s."""
    sweep = samples(chirp())
    assert len(sweep) == PCM_24K.rate * CHIRP_MS // 1000
    assert np.abs(sweep).max() == pytest.approx(8192, rel=0.01)
    assert np.abs(sweep[[0, -1]]).max() == 0
    assert -20 < level_dbfs(chirp()) < -16


def test_the_chirp_stays_in_the_band_of_small_speakers() -> None:
    """Nearly all of its energy lies between 500 and 4000 Hz."""
    power = np.abs(np.fft.rfft(samples(chirp()))) ** 2
    frequency = np.fft.rfftfreq(len(chirp()) // 2, 1 / PCM_24K.rate)
    within = power[(frequency > 480) & (frequency < 4100)].sum()
    assert within / power.sum() > 0.98


@given(delay=st.integers(0, 3 * 24_000))
@settings(max_examples=30)
def test_a_delay_is_found_to_the_sample(delay: int) -> None:
    """In silence nothing is lost."""
    found = find_chirp(recorded(delay / 24, 0))
    assert found is not None
    assert round(found.delay_ms * 24) == delay
    assert found.return_db == pytest.approx(0, abs=0.1)
    assert found.likeness > 0.95


@given(
    delay_ms=st.floats(0, 3000), gain_db=st.floats(-40, 0), seed=st.integers(0, 2**32)
)
@example(delay_ms=3000, gain_db=-40, seed=1)
@settings(max_examples=30)
def test_noise_as_loud_as_the_chirp_and_another_rate_hide_it_not(
    delay_ms: float, gain_db: float, seed: int
) -> None:
    """It is found within 2 ms, and its loudness within 1 dB."""
    noise_rms = CHIRP_RMS * 10 ** (gain_db / 20)
    found = find_chirp(resampled(recorded(delay_ms, gain_db, noise_rms, seed)))
    assert found is not None
    assert found.delay_ms == pytest.approx(delay_ms, abs=2)
    assert found.return_db == pytest.approx(gain_db, abs=1)


@given(seed=st.integers(0, 2**32), gain_db=st.floats(-30, 0))
@settings(max_examples=30)
def test_a_chirp_is_heard_through_speech(seed: int, gain_db: float) -> None:
    """Somebody talks on the porch while it is checked, no louder than the chirp."""
    clean = samples(recorded(1200, gain_db))
    spoken = samples(babble(seed))
    spoken *= CHIRP_RMS * 10 ** (gain_db / 20) / np.sqrt(np.mean(spoken**2))
    found = find_chirp((clean + spoken).astype("<i2").tobytes())
    assert found is not None
    assert found.delay_ms == pytest.approx(1200, abs=2)


@pytest.mark.parametrize(
    "recording",
    [b"", b"\0", bytes(100), chirp()[:-2], bytes(192_000), tone(24_000, 4000, 1000)],
    ids=["nothing", "half a sample", "too short", "cut", "silence", "tone"],
)
def test_where_there_is_no_chirp_none_is_heard(recording: bytes) -> None:
    """Nothing is made up."""
    assert find_chirp(recording) is None


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_speech_is_no_chirp(seed: int) -> None:
    """However somebody talks."""
    assert find_chirp(babble(seed)) is None


@given(seed=st.integers(0, 2**32), rms=st.floats(0, 8000))
@settings(max_examples=40)
def test_noise_is_no_chirp(seed: int, rms: float) -> None:
    """Neither rounding nor wind."""
    assert find_chirp(recorded(0, -200, rms, seed)) is None
