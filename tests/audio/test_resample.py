"""Tests of the change of rates."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.realtime_pumpkin.audio.formats import (
    PCM_24K,
    AudioFormat,
    first_channel,
    spread,
)
from custom_components.realtime_pumpkin.audio.resample import Resampler
from tests.audio.signals import cut, noise, offset_and_likeness, pitch, tone

FORMATS = [
    AudioFormat(8_000),
    AudioFormat(16_000),
    AudioFormat(16_000, 2),
    AudioFormat(22_050),
    AudioFormat(24_000),
    AudioFormat(24_000, 3),
    AudioFormat(44_100, 2),
    AudioFormat(48_000, 6),
]


def convert(
    pcm: bytes, source: AudioFormat, target: AudioFormat, sizes: list[int]
) -> bytes:
    """Push PCM through a resampler in pieces of the given sizes."""
    resampler = Resampler(source, target)
    pieces = [resampler.push(piece) for piece in cut(pcm, sizes)]
    return b"".join(pieces) + resampler.flush()


@given(
    source=st.sampled_from(FORMATS),
    target=st.sampled_from(FORMATS),
    sizes=st.lists(st.integers(1, 1500), min_size=1, max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_how_the_stream_is_cut_changes_nothing(
    source: AudioFormat, target: AudioFormat, sizes: list[int]
) -> None:
    """Pieces of any size, odd ones too, give what one piece gives."""
    pcm = spread(noise(source.rate, 150), source.channels)
    whole = convert(pcm, source, target, [len(pcm)])
    assert convert(pcm, source, target, sizes) == whole


@pytest.mark.parametrize("source", FORMATS)
def test_length_and_pitch_stay(source: AudioFormat) -> None:
    """A second stays a second and a tone keeps its pitch, to 24 kHz and back."""
    pcm = spread(tone(source.rate, 1000), source.channels)
    ours = convert(pcm, source, PCM_24K, [320 * source.frame_bytes])
    back = convert(ours, PCM_24K, source, [960])
    assert PCM_24K.ms_of(len(ours)) == pytest.approx(1000, abs=0.1)
    assert pitch(ours, 24_000) == pytest.approx(440, abs=1)
    assert source.ms_of(len(back)) == pytest.approx(1000, abs=0.2)
    mono = first_channel(back, source.channels)
    assert pitch(mono, source.rate) == pytest.approx(440, abs=1)


def test_nothing_is_lost_or_moved_on_the_way_there_and_back() -> None:
    """Noise comes back at its place, with no gap where it was cut."""
    said = noise(16_000, 1000)
    there = convert(said, AudioFormat(16_000), PCM_24K, [640])
    back = convert(there, PCM_24K, AudioFormat(16_000), [960])
    place, likeness = offset_and_likeness(back, said)
    assert place == 0
    assert likeness > 0.999


def test_a_stream_in_the_right_format_passes_unchanged() -> None:
    """No filter runs where there is nothing to change."""
    pcm = noise(24_000, 50)
    assert convert(pcm, PCM_24K, PCM_24K, [777]) == pcm
