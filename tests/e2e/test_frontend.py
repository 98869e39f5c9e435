"""A first pumpkin in the real frontend: found, filled in, finished and heard."""

import numpy as np
import pytest

from custom_components.realtime_pumpkin.rehearsal.clips import Clips
from custom_components.realtime_pumpkin.rehearsal.play import ACTS
from custom_components.realtime_pumpkin.rehearsal.sentences import sentences

from .conftest import Play, Scenario
from .listening import times_heard

SHOWN = (
    "Start conversation",
    "Stop conversation",
    "Enabled",
    "Microphone muted",
    "Conversations today",
    "Cost today",
    "Pumpkin speaking",
    "Visitor speaking",
    "Persona",
    "Porch check",
    "Session",
)


@pytest.fixture(scope="module", params=["frontend-account", "frontend-rehearsal"])
def first_pumpkin(request: pytest.FixtureRequest, play: Play) -> Scenario:
    """Return what a person saw who added an account, or a rehearsal, and a voice."""
    return play(request.param)


def test_the_device_of_a_new_voice_shows_its_entities(first_pumpkin: Scenario) -> None:
    """Each by the name that a person knows it by."""
    lines = first_pumpkin.facts["entities"].splitlines()
    assert [name for name in SHOWN if name not in lines] == []


def test_the_start_button_changes_what_the_device_page_says(
    first_pumpkin: Scenario,
) -> None:
    """From idle to a conversation, without a reload."""
    assert first_pumpkin.facts["rests"] == "idle"
    assert first_pumpkin.facts["talking"] in ("Responding", "Listening")


def test_a_slip_in_a_form_is_told_and_what_was_typed_stays(play: Play) -> None:
    """The field can be mended; nothing has to be typed again."""
    facts = play("frontend-account").facts
    assert "Base URL: this is not a web address." in facts["refused"]
    assert facts["kept"].startswith("htp://127.0.0.1")


def test_a_rehearsal_is_heard_at_the_door(play: Play) -> None:
    """The riddle, sample by sample, as the satellite's sound card recorded it."""
    scenario = play("frontend-rehearsal")
    heard = np.fromfile(scenario.folder / "heard.pcm", np.int16)
    clips = Clips()
    for sentence in sentences(ACTS[0].riddle):
        sound = clips.sound(sentence)
        assert sound is not None
        assert times_heard(heard, np.frombuffer(sound, "<i2")) == 1, sentence
