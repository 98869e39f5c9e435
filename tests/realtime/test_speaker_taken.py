"""Somebody else plays at the speaker: the voice waits, and hears nobody meanwhile."""

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.rehearsal import Say

from .world import World

RIDDLE = Say("Here comes a very long riddle. " * 8, duration_ms=8000)
TAKEN_AT, FREE_AT = 3.0, 5.0


def taken(*replies: object, **options: object) -> World:
    """Return a world whose speaker is somebody else's for two seconds."""
    world = World([RIDDLE, *replies], is_marked=True, **options)  # type: ignore[arg-type, list-item]
    world.tell(TAKEN_AT, signals.SpeakerTaken(True))
    world.tell(FREE_AT, signals.SpeakerTaken(False))
    return world


def times_of(world: World, kind: type) -> list[float]:
    """Return when something of a kind was told."""
    return [at for at, update in world.updates if isinstance(update, kind)]


@pytest.mark.parametrize("barge_in", [True, False])
def test_the_answer_is_held_and_goes_on_to_its_end(barge_in: bool) -> None:
    """Not a sample is lost, and the service is told of no interruption."""
    behaviour = Behaviour(opening="Hi.", barge_in=barge_in, trims_silence=False)
    world = taken(behaviour=behaviour)
    world.run(14)
    assert times_of(world, events.Paused) == [pytest.approx(TAKEN_AT, abs=0.05)]
    assert times_of(world, events.Resumed) == [pytest.approx(FREE_AT, abs=0.05)]
    assert world.truncations == []
    assert world.errors() == []
    assert list(world.heard_of_items().values()) == [pytest.approx(8000, abs=30)]


@pytest.mark.parametrize("barge_in", [True, False])
def test_what_is_heard_meanwhile_is_nobody(barge_in: bool) -> None:
    """Neither an interruption nor a turn; afterwards visitors are heard again."""
    behaviour = Behaviour(opening="Hi.", barge_in=barge_in)
    world = taken("Oh, hello!", behaviour=behaviour, heard=["Hello?"])
    world.say(TAKEN_AT + 0.2, 1.5)
    world.say(13, 1)
    world.run(17)
    started = times_of(world, events.SpeechStarted)
    assert started == [pytest.approx(13, abs=0.4)]
    assert [u.text for u in world.of(events.UserTranscript)] == ["Hello?"]
    assert len(times_of(world, events.AudioStarted)) >= 2


def test_a_goodbye_waits_until_it_can_be_heard() -> None:
    """The conversation ends after it, not before."""
    world = taken("Goodbye!")
    world.tell(TAKEN_AT + 0.5, signals.Stop("stopped", goodbye=True))
    world.run(30)
    [(ended_at, reason)] = world.ends
    assert reason == "stopped"
    assert ended_at > FREE_AT + 4
    assert len(world.heard_of_items()) == 2


def test_silence_of_ours_meanwhile_is_not_asked_about() -> None:
    """Nobody is asked whether they are still there while the house speaks."""
    world = World(["Hi.", "Still there?"], behaviour=Behaviour(opening="Hi."))
    world.tell(6.0, signals.SpeakerTaken(True))
    idle = world.behaviour.idle_timeout
    world.tell(6.0 + 2 * idle, signals.SpeakerTaken(False))
    world.run(6.0 + 2 * idle)
    assert len(times_of(world, events.AudioStarted)) == 1
