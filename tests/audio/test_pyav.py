"""Tests that what PyAV holds of FFmpeg is given back without the garbage collector."""

from collections.abc import Callable, Iterator
import gc
from pathlib import Path

import av
from av.filter.graph import Graph
import pytest

from custom_components.realtime_pumpkin.audio.decode import decode
from custom_components.realtime_pumpkin.audio.formats import PCM_24K, AudioFormat
from custom_components.realtime_pumpkin.audio.mp3 import Mp3Encoder
from custom_components.realtime_pumpkin.audio.pyav import release
from custom_components.realtime_pumpkin.audio.resample import Resampler
from tests.garbage import uncollected

from .signals import tone
from .test_decode import recording

PCM = tone(24_000, 200)


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Let nothing be collected meanwhile."""
    with uncollected():
        yield


def graphs() -> int:
    """Return how many of FFmpeg's filter graphs there are."""
    return sum(isinstance(each, Graph) for each in gc.get_objects())


def resampled() -> object:
    """Change the rate of something."""
    resampler = Resampler(AudioFormat(16_000), PCM_24K)
    resampler.push(PCM)
    return resampler


def interrupted() -> object:
    """Begin to encode, and stop in the middle."""
    encoder = Mp3Encoder()
    encoder.push(PCM)
    return encoder


@pytest.mark.parametrize("use", [resampled, interrupted])
def test_whoever_is_dropped_leaves_nothing(use: Callable[[], object]) -> None:
    """However it came to that: an interruption flushes nothing."""
    before = graphs()
    user = use()
    assert graphs() == before + 1
    del user
    assert graphs() == before


def test_an_encoder_that_is_through_holds_nothing() -> None:
    """An utterance may be remembered longer than it is encoded."""
    before = graphs()
    encoder = Mp3Encoder()
    assert encoder.push(PCM) + encoder.flush()
    assert graphs() == before


def test_a_file_that_was_read_leaves_nothing(tmp_path: Path) -> None:
    """Also where it was cut."""
    before = graphs()
    file = recording(tmp_path / "a.wav", 44_100, 2, 1.0)
    assert decode(file, 500)
    assert decode(file, 5000)
    assert graphs() == before


def test_what_holds_nothing_is_released_as_well() -> None:
    """Such as an encoder that was given no sound, or a PyAV that is built otherwise."""
    release(av.CodecContext.create("libmp3lame", "w"))
    release(object())
