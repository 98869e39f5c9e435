"""A child interrupts at a real satellite and at a real MPD: how soon it is silent."""

from statistics import median
from typing import Any

import pytest

from demo.measure import events as house
from demo.measure.events import HouseEvent, read_events

from .conftest import Play, Scenario

SILENT_WITHIN_MS = {"satellite": 300, "mpd": 500}
"""From what the service heard to the speaker's silence; MPD has a buffer to empty."""

_TOLD_WITHIN_S = 0.010


@pytest.fixture(scope="module", params=list(SILENT_WITHIN_MS))
def speaker(request: pytest.FixtureRequest) -> str:
    """Return who speaks."""
    return str(request.param)


@pytest.fixture(scope="module")
def interrupted(play: Play, speaker: str) -> Scenario:
    """Play the visit at a speaker."""
    return play(f"interruption-{speaker}")


@pytest.fixture(scope="module")
def content(interrupted: Scenario) -> dict[str, Any]:
    """Return the visit's report."""
    return interrupted.report("visit")


def test_every_check_of_the_visit_holds(content: dict[str, Any]) -> None:
    """It greets, is interrupted, works in the house, is answered, says goodbye."""
    assert [check for check in content["checks"] if not check["ok"]] == []
    assert (content["interruptions"], content["tool_calls"]) == (1, 1)


def test_the_fog_is_really_on(interrupted: Scenario) -> None:
    """Home Assistant says so when all is over."""
    assert interrupted.facts["fog"] == "on"


def test_the_speaker_is_silent_soon_after_speech_was_noticed(
    content: dict[str, Any], speaker: str
) -> None:
    """Measured in the recording, from Home Assistant's event on."""
    figures = content["speech_started_to_silence_ms"]
    assert 0 < median(figures) <= SILENT_WITHIN_MS[speaker], figures


def test_a_satellites_queue_is_dropped_within_10_ms(play: Play) -> None:
    """The house hears of the pause when the speaker was told, of speech after it."""
    events = read_events(
        play("interruption-satellite").folder / "visit" / "events.jsonl"
    )
    paused = house.named(events, "paused")
    assert paused
    assert max(_lateness(paused, events)) < _TOLD_WITHIN_S


def test_mpd_is_told_to_stop_within_10_ms(play: Play) -> None:
    """By Home Assistant's own clock: from what the service heard to the action."""
    events = read_events(play("interruption-mpd").folder / "visit" / "events.jsonl")
    calls = [event for event in events if event.event_type == "call_service"]
    stops = [event for event in calls if event.data["service"] == "media_stop"]
    paused = house.named(events, "paused")
    assert paused
    told = [_nearest(stops, each.at) for each in paused]
    assert max(_lateness(told, events)) < _TOLD_WITHIN_S


def _lateness(told: list[HouseEvent], events: list[HouseEvent]) -> list[float]:
    """Return how long (s) after the nearest speech was noticed a speaker was told.

    Less than nothing where it was told first: what comes after is not waited for.
    """
    noticed = house.named(events, "speech_started")
    return [each.at - _nearest(noticed, each.at).at for each in told]


def _nearest(events: list[HouseEvent], at: float) -> HouseEvent:
    """Return the event that is nearest to a time."""
    return min(events, key=lambda event: abs(event.at - at))
