"""Tests of what is counted of a voice's conversations."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from custom_components.realtime_pumpkin.bus import ConversationEvent
from custom_components.realtime_pumpkin.const import EventName, TurnDetection
from custom_components.realtime_pumpkin.manners import TurnTaking
from custom_components.realtime_pumpkin.options import VoiceOptions
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.tally import RunningTally, Tally
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import VOICE_DATA


@dataclass
class Night:
    """A voice on a clock of its own, and how often it told of changes."""

    turns: TurnTaking = field(default_factory=TurnTaking)
    data: VoiceState = field(default_factory=VoiceState)
    now: float = 100.0
    changes: int = 0

    def __post_init__(self) -> None:
        """Begin to count."""
        options = VoiceOptions.from_subentry("Pumpkin", VOICE_DATA)
        self.options = replace(options, turns=self.turns)
        self.running = RunningTally(self, lambda: self.now)

    def async_update_listeners(self) -> None:
        """Count a change."""
        self.changes += 1

    def happen(self, name: EventName, after: float = 0.0, **data: Any) -> Tally:
        """Let something happen after some seconds; return the tally."""
        self.now += after
        self.running.hear(ConversationEvent(name, data))
        return self.running.data


@pytest.mark.parametrize(
    ("turns", "response_ms"),
    [
        (TurnTaking(), 1200),
        (TurnTaking(silence_duration_ms=900), 1600),
        (TurnTaking(turn_detection=TurnDetection.SEMANTIC_VAD), 700),
    ],
)
def test_the_latency_is_from_the_last_word_to_the_first_sound(
    turns: TurnTaking, response_ms: int
) -> None:
    """Where silence ends a turn the service tells its end that much later."""
    night = Night(turns=turns)
    night.happen(EventName.SPEECH_STARTED)
    night.happen(EventName.SPEECH_STOPPED, after=2.0)
    tally = night.happen(EventName.AUDIO_STARTED, after=0.7)
    assert tally.response_ms == response_ms


@pytest.mark.parametrize(
    "between",
    [
        EventName.RESUMED,
        EventName.SESSION_STARTED,
        EventName.SPEECH_STARTED,
        EventName.CONVERSATION_STARTED,
    ],
)
def test_a_sound_that_answers_nobody_is_no_latency(between: EventName) -> None:
    """What was resumed, or is said after a reconnection, waited for nothing."""
    night = Night()
    night.happen(EventName.SPEECH_STOPPED)
    night.happen(between)
    assert night.happen(EventName.AUDIO_STARTED, after=0.1).response_ms is None


def test_only_the_first_sound_after_a_turn_counts() -> None:
    """The second half of an answer, after a tool, measures nothing."""
    night = Night()
    night.happen(EventName.SPEECH_STOPPED)
    night.happen(EventName.AUDIO_STARTED, after=0.5)
    assert night.happen(EventName.AUDIO_STARTED, after=5).response_ms == 1000


def test_a_cough_into_an_answer_starts_no_clock() -> None:
    """The answer that follows later is to somebody else's words."""
    night = Night(data=VoiceState(phase=Phase.RESPONDING))
    night.happen(EventName.SPEECH_STOPPED)
    night.data = VoiceState()
    assert night.happen(EventName.AUDIO_STARTED, after=0.5).response_ms is None


def test_a_question_after_long_silence_is_no_answer() -> None:
    """The voice asks whether somebody is still there."""
    night = Night()
    night.happen(EventName.SPEECH_STOPPED)
    assert night.happen(EventName.AUDIO_STARTED, after=20).response_ms is None


@pytest.mark.parametrize(
    "end",
    [
        EventName.SPEECH_STOPPED,
        EventName.SESSION_STARTED,
        EventName.CONVERSATION_ENDED,
        EventName.CONVERSATION_STARTED,
    ],
)
def test_a_visitor_speaks_until_something_says_otherwise(end: EventName) -> None:
    """A lost session or the end of the conversation leaves nobody speaking."""
    night = Night()
    assert night.happen(EventName.SPEECH_STARTED).is_visitor_speaking
    assert not night.happen(end).is_visitor_speaking


def test_the_last_words_of_both_sides_are_kept() -> None:
    """Each has its own."""
    night = Night()
    night.happen(EventName.USER_TRANSCRIPT, text="Trick or treat!")
    night.happen(EventName.ASSISTANT_TRANSCRIPT, text="Boo!")
    tally = night.happen(EventName.USER_TRANSCRIPT, text="Eek!")
    assert (tally.last_heard, tally.last_said) == ("Eek!", "Boo!")


def test_an_error_is_kept_by_its_kind_and_time() -> None:
    """The server's words may hold anything, so they are left out."""
    tally = Night().happen(EventName.ERROR, kind="account_quota", message="sk-123")
    assert tally.last_error == "account_quota"
    assert tally.last_error_at is not None
    assert "sk-123" not in repr(tally)


def test_nothing_is_told_where_nothing_changed() -> None:
    """Entities are written when there is something new."""
    night = Night()
    night.happen(EventName.SPEECH_STARTED)
    night.happen(EventName.SPEECH_STARTED)
    night.happen(EventName.ITEM_FINISHED)
    assert night.changes == 1
