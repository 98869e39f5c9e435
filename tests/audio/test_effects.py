"""Tests of the sounds of the show: there, short, as loud as speech, always the same."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from custom_components.realtime_pumpkin.audio.effects import (
    HIGHEST_PEAK,
    LONGEST_S,
    LOUDNESS_DBFS,
    SOUNDS,
    effect,
)
from custom_components.realtime_pumpkin.audio.level import level_dbfs
from custom_components.realtime_pumpkin.const import Effect

WINDOW = 400 * 48


def test_every_effect_that_can_be_chosen_has_a_sound_and_no_other() -> None:
    """The form and the arithmetic know the same names."""
    assert SOUNDS.keys() == {each.value for each in Effect}


@pytest.mark.parametrize("name", SOUNDS)
def test_an_effect_is_short_and_as_loud_as_speech(name: str) -> None:
    """It neither frightens the neighbours nor drowns, and no sample is clipped."""
    pcm = effect(name)
    assert len(pcm) % 2 == 0
    assert 1.0 <= len(pcm) / 48000 <= LONGEST_S
    samples = np.frombuffer(pcm, "<i2").astype(np.int32)
    assert np.abs(samples).max() <= HIGHEST_PEAK * 32768
    windows = [pcm[at : at + WINDOW] for at in range(0, len(pcm) - WINDOW, 4800)]
    loudest = max(level_dbfs(window) for window in windows)
    assert loudest == pytest.approx(LOUDNESS_DBFS, abs=3)


@pytest.mark.parametrize("name", SOUNDS)
def test_an_effect_begins_at_once_and_ends_in_silence(name: str) -> None:
    """No pause before it, no click after it."""
    samples = np.abs(np.frombuffer(effect(name), "<i2").astype(np.int32))
    assert samples[: 24000 // 2].max() > 300
    assert samples[-1] == 0
    assert samples[-24:].max() < 1000


def test_no_two_effects_sound_alike() -> None:
    """Their energy lies in different places of time and spectrum."""
    assert len({hashlib.sha256(effect(name)).digest() for name in SOUNDS}) == len(
        SOUNDS
    )


def test_an_effect_is_the_same_after_a_restart() -> None:
    """Nothing of it is left to chance."""
    code = (
        "import sys; sys.path.insert(0, 'custom_components/realtime_pumpkin')\n"
        "import hashlib\nfrom audio.effects import effect\n"
        "print(hashlib.sha256(effect('wind')).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == hashlib.sha256(effect("wind")).hexdigest()
