"""Three visits at a real satellite: how fast, how clear, how clean."""

import asyncio
from statistics import median

import numpy as np
import pytest

from custom_components.realtime_pumpkin.rehearsal.sentences import sentences
from demo.measure.conversation import Speech, Who, speeches
from demo.measure.recording import Samples
from demo.measure.report import Expectation, Measurement
from demo.realtime_server.voices import Voices

from .conftest import Play, Scenario
from .listening import Comparison, compared, recognized, word_accuracy
from .scenario import RUNS

VISITS = [f"visit-{number}" for number in range(RUNS)]
VOICE = "echo"


@pytest.fixture(scope="module")
def visits(play: Play) -> Scenario:
    """Play the visits."""
    return play("visits")


def measured(scenario: Scenario, name: str) -> Measurement:
    """Return a visit's measurement."""
    expected = Expectation(**scenario.report(name)["rig"]["expected"])
    return Measurement.of_folder(scenario.folder / name, expected)


def pumpkin(seen: Measurement) -> list[tuple[Speech, Samples]]:
    """Return what the pumpkin said, with what was played."""
    rate, speaker = seen.recording.rate, seen.recording.speaker
    return [
        (said, speaker[int(said.span.start_s * rate) : int(said.span.end_s * rate)])
        for said in speeches(seen)
        if said.who is Who.PUMPKIN
    ]


async def spoken(text: str) -> Samples:
    """Return a text as the server's voice says it."""
    voices = Voices()
    parts = [await voices.speak(each, VOICE, 1.0) for each in sentences(text)]
    return np.frombuffer(b"".join(part or b"" for part in parts), np.int16)


@pytest.mark.parametrize("name", VISITS)
def test_every_check_of_a_visit_holds(visits: Scenario, name: str) -> None:
    """Home Assistant's log is clean, nobody spoke at once, all were answered."""
    content = visits.report(name)
    assert [check for check in content["checks"] if not check["ok"]] == []


def test_the_first_sound_comes_within_400_ms_of_the_doorbell(visits: Scenario) -> None:
    """From the bell's state change to the satellite's speaker."""
    figures = [visits.report(name)["doorbell_to_first_sound_ms"] for name in VISITS]
    assert median(figures) < 400, figures


def test_the_conversation_is_over_within_a_second_of_the_last_sound(
    visits: Scenario,
) -> None:
    """And not before it."""
    figures = [visits.report(name)["last_sound_to_end_ms"] for name in VISITS]
    assert 0 <= median(figures) <= 1000, figures


@pytest.fixture(scope="module")
def heard(visits: Scenario) -> list[Comparison]:
    """Compare each speech of each visit with what the server's voice said."""
    talk = [said for name in VISITS for said in pumpkin(measured(visits, name))]
    return [compared(played, asyncio.run(spoken(said.text))) for said, played in talk]


def test_what_is_played_is_what_was_spoken(heard: list[Comparison]) -> None:
    """The waveform and its length are the same: no overlap, no chipmunk."""
    longer_ms = [seen.duration_ms - seen.expected_ms for seen in heard]
    assert abs(median(longer_ms)) <= 10, heard
    assert median(seen.likeness for seen in heard) > 0.98, heard


def test_no_sentence_has_a_gap(heard: list[Comparison]) -> None:
    """Nowhere more than 250 ms, not even on a busy machine."""
    assert max(seen.longest_dropout_ms for seen in heard) <= 250, heard
    assert max(seen.duration_ms - seen.expected_ms for seen in heard) <= 250, heard


def test_a_stranger_understands_the_pumpkin(visits: Scenario) -> None:
    """An open-vocabulary recogniser hears the transcript's words."""
    talk = [said for name in VISITS for said in pumpkin(measured(visits, name))]
    figures = [word_accuracy(said.text, recognized(played)) for said, played in talk]
    assert min(figures) >= 0.5, figures
    assert median(figures) >= 0.7, figures
