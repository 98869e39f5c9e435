"""Tests of what is remembered of a night, and of when it ends."""

from datetime import UTC, datetime, time, timedelta
import json

from homeassistant.core import HomeAssistant
from hypothesis import given, strategies as st
import pytest

from custom_components.realtime_pumpkin.theatre import night as module
from custom_components.realtime_pumpkin.theatre.dawn import next_dawn
from custom_components.realtime_pumpkin.theatre.night import (
    Conversation,
    Night,
    one_line,
)

TALKS = st.builds(
    Conversation,
    ended_at=st.floats(1e9, 2e9),
    duration=st.floats(0, 3600),
    cost_usd=st.floats(0, 10),
    was_heard=st.booleans(),
    summary=st.text(max_size=2000),
    jokes=st.lists(st.text(max_size=500), max_size=60).map(tuple),
)


def told(summary: str = "", *jokes: str, at: float = 1.8e9) -> Conversation:
    """Return a conversation of 10 s for a cent."""
    return Conversation(at, 10.0, 0.01, True, summary, jokes)


@given(st.lists(TALKS, max_size=40), st.integers(1, 20))
def test_a_night_is_bounded_whatever_is_said_in_it(
    talks: list[Conversation], most: int
) -> None:
    """In visits, in jokes and in characters; and it can be stored."""
    night = Night(1e9)
    for talk in talks:
        night = night.plus(talk)
    assert night.visitors == sum(talk.was_heard for talk in talks)
    assert len(night.visits) <= module.MOST_VISITS
    assert len(night.jokes) <= module.MOST_JOKES
    notes = night.notes(most)
    assert len(notes) <= module.LONGEST_NOTES
    assert bool(notes) is any(talk.was_heard for talk in talks)
    assert len([line for line in notes.split("\n") if line.startswith("- ")]) <= most
    stored = json.loads(json.dumps(night.as_data()))
    assert Night.from_data(stored) == night
    assert len(json.dumps(stored)) < 100_000


def test_of_many_long_notes_the_last_ones_are_told() -> None:
    """They would crowd out what the voice is."""
    night = Night(1e9)
    for number in range(20):
        night = night.plus(Conversation(2e9, 1, 0, True, f"{number:02} " + "la " * 99))
    notes = night.notes(20)
    assert 2700 < len(notes) <= 3000
    assert "“19 la" in notes
    assert "“00 la" not in notes


@given(st.text(), st.integers(2, 300))
def test_a_text_becomes_one_line_that_cannot_end_its_quotation(
    text: str, most: int
) -> None:
    """Nobody at the door writes lines of their own into the notes."""
    line = one_line(text, most)
    assert len(line) <= most
    assert not set(line) & set('\n\r\t"“”„\x00\u2028\x85')
    assert line == line.strip()


def test_the_next_conversation_is_told_of_the_last_ones() -> None:
    """The count, the last of the sentences and the jokes."""
    night = Night(1e9)
    for name in ("witch", "pirate", "dinosaur"):
        night = night.plus(told(f"A {name} came.", f"The one about the {name}."))
    notes = night.notes(2)
    assert "3 visitors" in notes
    assert "A witch came." not in notes
    assert notes.index("A pirate came.") < notes.index("A dinosaur came.")
    assert "“The one about the witch.”; “The one about the pirate.”" in notes


def test_a_joke_that_was_told_twice_is_remembered_once() -> None:
    """It still should not be told a third time."""
    night = Night(1e9).plus(told("", "Knock, knock.")).plus(told("", "Knock, knock."))
    assert night.jokes == ("Knock, knock.",)


def test_whoever_rang_and_said_nothing_is_no_visitor() -> None:
    """But costs."""
    night = Night(1e9).plus(Conversation(1.8e9, 20.0, 0.02, False))
    assert night.notes(5) == ""
    summary = night.summary()
    assert summary == {
        "visitors": 0,
        "first_visit": None,
        "last_visit": None,
        "duration": 20.0,
        "cost_usd": 0.02,
        "summaries": [],
        "jokes": [],
    }


def test_a_night_without_words_still_counts() -> None:
    """Nothing of what was said is left in it."""
    night = Night(1e9).plus(told("A witch.", "Knock, knock.")).without_words()
    assert night.visitors == 1
    assert "witch" not in str(night.as_data())
    assert "Knock" not in night.notes(5)
    assert "one visitor" in night.notes(5)


def at(text: str) -> datetime:
    """Return a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
async def berlin(hass: HomeAssistant) -> HomeAssistant:
    """Move the house to Berlin."""
    await hass.config.async_update(
        time_zone="Europe/Berlin", latitude=52.5, longitude=13.4
    )
    return hass


@pytest.mark.parametrize(
    ("began", "ends"),
    [("2026-10-31T18:00", "2026-11-01"), ("2026-11-01T03:00", "2026-11-01")],
    ids=["evening", "small hours"],
)
async def test_a_night_ends_at_sunrise(
    berlin: HomeAssistant, began: str, ends: str
) -> None:
    """The next one, whenever it began."""
    dawn = next_dawn(berlin, at(began), None)
    assert dawn.date().isoformat() == ends
    assert 5 <= dawn.hour <= 7


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        ("2026-10-31T18:00", "2026-11-01T05:30"),
        ("2026-11-01T05:29", "2026-11-01T05:30"),
        ("2026-11-01T05:30", "2026-11-02T05:30"),
        # The clocks go back in this night: half past six is an hour later.
        ("2026-10-24T18:00", "2026-10-25T05:30"),
    ],
)
async def test_a_night_ends_at_a_time_of_the_house(
    berlin: HomeAssistant, began: str, ends: str
) -> None:
    """Half past six in Berlin."""
    assert next_dawn(berlin, at(began), time(6, 30)) == at(ends)


@pytest.mark.parametrize("began", ["2026-12-10T18:00", "2026-06-10T18:00"])
async def test_a_night_without_a_sunrise_ends_in_the_morning(
    hass: HomeAssistant, began: str
) -> None:
    """In Tromsø the sun stays away, or up, for weeks."""
    await hass.config.async_update(
        time_zone="Europe/Oslo", latitude=69.65, longitude=18.96
    )
    dawn = next_dawn(hass, at(began), None)
    assert dawn - at(began) < timedelta(hours=24)
