"""Tests of PCM formats."""

import pytest

from custom_components.realtime_pumpkin.audio.formats import (
    PCM_24K,
    AudioFormat,
    first_channel,
    spread,
)


@pytest.mark.parametrize("ms", [0, 1, 20, 300_000])
def test_bytes_and_milliseconds_are_exact_both_ways(ms: int) -> None:
    """24 kHz mono has 48 bytes a millisecond."""
    assert PCM_24K.bytes_of(ms) == 48 * ms
    assert PCM_24K.ms_of(48 * ms) == ms


def test_bytes_of_a_time_never_split_a_sample() -> None:
    """At 22.05 kHz stereo a millisecond is 22.05 samples."""
    stereo = AudioFormat(22_050, 2)
    assert stereo.bytes_of(1) == 22 * 4
    assert stereo.bytes_of(20) == 441 * 4
    assert stereo.ms_of(441 * 4 + 3) == 20


def test_the_first_channel_is_taken_from_interleaved_samples() -> None:
    """Three channels: the second and third disappear."""
    assert first_channel(b"aAbBcCdDeEfF", 3) == b"aAdD"


def test_spread_samples_are_the_same_on_every_channel() -> None:
    """What is spread has its source as first channel."""
    assert spread(b"aAbB", 2) == b"aAaAbBbB"
    assert first_channel(spread(b"aAbB", 5), 5) == b"aAbB"
