"""Tests of turns whose words the service could not write down."""

from typing import Any

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.rehearsal import ServerSession
from tests.realtime.riddle import RIDDLE

from .world import World


class Mumbling(World):
    """A world whose service cannot put what it hears into words."""

    def _take(self, server: ServerSession, message: dict[str, Any]) -> None:
        """Let each transcription fail."""
        if message["type"].endswith("transcription.completed"):
            error = {"code": "audio_unintelligible", "message": "No words"}
            kind = "conversation.item.input_audio_transcription.failed"
            message = {"type": kind, "item_id": message["item_id"], "error": error}
        super()._take(server, message)


def _mumbled(seconds: float, at: float = 3) -> Mumbling:
    """Return a world in which somebody mumbles for a while."""
    world = Mumbling([RIDDLE, *["Pardon?"] * 4], heard=["hm"] * 4)
    world.say(at, seconds)
    return world


def test_a_turn_whose_transcription_failed_is_answered() -> None:
    """The model heard it, whatever became of its words."""
    world = _mumbled(1.5, at=12)
    world.run(18)
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Pardon?"
    assert world.core.turns == 1
    assert world.sent_of("conversation.item.delete") == []


def test_an_interruption_whose_transcription_failed_is_one() -> None:
    """It was speech, so what it cut short is not said again."""
    world = _mumbled(1.5)
    world.run(16)
    assert len(world.of(events.Interrupted)) == 1
    assert world.of(events.Resumed) == []
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Pardon?"


def test_a_cough_whose_transcription_failed_stays_a_cough() -> None:
    """A failure judges nothing: the voice goes on, and nobody is answered."""
    world = _mumbled(0.16)
    world.run(16)
    assert world.of(events.Interrupted) == []
    assert len(world.of(events.Resumed)) == 1
    assert len(world.sent_of("response.create")) == 1


def test_a_transcription_that_failed_is_told_as_an_error_that_ends_nothing() -> None:
    """With the service's own code."""
    world = _mumbled(1.5, at=12)
    world.run(18)
    assert world.of(events.Failed) == [
        events.Failed("server", "audio_unintelligible", "No words", fatal=False)
    ]
