"""Sounds of our own between sentences: their order, their silence, exact positions."""

import pytest

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say, ServerOptions

from .world import BYTES_PER_MS, CONFIG, World

GREETING = Say("Welcome to my porch", duration_ms=2000)
LAUGH = Plan((GREETING, Call("play_effect", {"effect": "laugh"})))
ANSWER = Say("Did that frighten you?", duration_ms=1500)


def laughing(*replies: Say | Plan, sound_ms: int = 1000, **options: object) -> World:
    """Return a visit whose model plays a sound by the first tool that it calls."""
    world = World(replies, is_marked=True, **options)  # type: ignore[arg-type]
    answered = 0

    def answer() -> None:
        """Run the tool as Home Assistant does."""
        nonlocal answered
        for call in world.calls[answered:]:
            world.sound(world.now, sound_ms)
            world.tell(world.now, signals.ToolFinished(call.call_id, "{}"))
        answered = len(world.calls)
        world.at(world.now + 0.01, answer)

    world.at(0.01, answer)
    return world


def order(world: World) -> list[str]:
    """Return the names of all utterances in the order in which they were heard."""
    return list(world.speaker.heard)


@pytest.mark.parametrize("pace", [1.05, 6.0, 1000.0])
def test_a_sound_is_heard_after_the_speech_before_it_and_the_answer_waits(
    pace: float,
) -> None:
    """Speech, sound, follow-up: each whole, none on top of another."""
    world = laughing(LAUGH, ANSWER, options=ServerOptions(pace=pace))
    world.run(until=8)
    first, sound, second = order(world)
    assert (sound, first != second) == ("sound_1", True)
    assert list(world.speaker.heard.values()) == pytest.approx([2000, 1000, 1500], 0.02)
    assert world.heard_of_items().items() >= world.wanted_of_items().items()


def test_an_interruption_silences_a_sound_and_what_waits_behind_it() -> None:
    """Nothing of it is truncated at the service, which does not know it."""
    world = laughing(LAUGH, ANSWER, sound_ms=3000)
    world.say(3.2, 2.0)
    world.run(until=5)
    assert 0 < world.speaker.heard["sound_1"] < 3000
    assert order(world)[:2][1] == "sound_1"
    assert [item for item, _, _ in world.truncations if "sound" in item] == []
    [interrupted] = world.of(events.Interrupted)
    assert interrupted.response_id == "sound_1"
    assert world.errors() == []


def test_the_cut_of_an_answer_behind_a_sound_is_exact() -> None:
    """What was heard of the sound is not counted as the model's."""
    world = laughing(LAUGH, ANSWER)
    world.say(3.8, 2.0)
    world.run(until=6)
    [(item_id, end_ms, _)] = world.truncations
    assert world.heard_of_items()[item_id] == end_ms
    assert 0 < end_ms < 1500


def test_a_cough_into_a_sound_costs_it_no_sample() -> None:
    """It goes on where it fell silent, as speech does."""
    world = laughing(LAUGH, ANSWER, sound_ms=3000)
    world.say(3.0, 0.1)
    world.run(until=12)
    assert len(world.of(events.Resumed)) == 1
    assert world.of(events.Interrupted) == []
    assert world.heard_of_items()["sound_1"] == 3000


def test_a_sound_while_the_visitor_speaks_is_not_taken() -> None:
    """The visitor has the floor."""
    world = World(behaviour=Behaviour())
    world.say(1.0, 2.0)
    world.run(until=2)
    assert not world.core.takes_sounds
    assert world.core.feed(signals.PlaySound(bytes(4800)), world.now) == []
    world.run(until=6)
    assert order(world) == []


def test_a_sound_before_the_session_is_ready_is_not_taken() -> None:
    """Nobody has asked for it."""
    core = SessionCore(CONFIG, Behaviour())
    assert core.feed(signals.PlaySound(bytes(4800)), 0.0) == []
    assert not core.takes_sounds


def test_the_microphone_is_shut_while_a_sound_plays_where_echo_is_heard() -> None:
    """A half-duplex link would hear the thunder as a visitor."""
    world = laughing(
        LAUGH,
        ANSWER,
        sound_ms=3000,
        behaviour=Behaviour(opening="Greet.", barge_in=False),
        echo_delay=0.1,
    )
    world.run(until=8)
    assert world.of(events.SpeechStarted) == []
    assert world.speaker.heard["sound_1"] == 3000


def test_a_goodbye_with_a_sound_is_heard_with_the_sound() -> None:
    """The conversation ends after both."""
    finish = Call("finish_conversation", {"reason": "done"})
    laugh = Plan((GREETING, Call("play_effect", {"effect": "laugh"}), finish))
    world = laughing(Say("Hello", duration_ms=500), laugh)
    world.say(1.5, 1.0)
    world.run(until=20)
    assert world.ends[0][1] == "finished"
    assert world.speaker.heard["sound_1"] == 1000


def test_a_sound_is_no_answer_to_the_visitor() -> None:
    """It neither counts as a turn nor is told as an answer's first sound."""
    world = World([GREETING], behaviour=Behaviour())
    world.sound(1.0, 500)
    world.run(until=4)
    assert world.speaker.heard["sound_1"] == 500
    assert world.of(events.AudioStarted) == []
    assert world.core.turns == 0


def test_sounds_that_nobody_can_hear_yet_are_bounded() -> None:
    """A model that calls for a hundred laughs gets four."""
    world = World(
        [Say("word " * 50, duration_ms=10000)], options=ServerOptions(pace=1.05)
    )
    for at in range(10):
        world.sound(2.0 + at / 10, 100)
    world.run(until=30)
    assert len([name for name in order(world) if name.startswith("sound")]) == 4


def test_a_sound_is_one_whole_utterance() -> None:
    """Begun, given and finished at once, so that any speaker can play it."""
    world = World([GREETING], behaviour=Behaviour())
    world.run(until=1)
    pcm = bytes(100 * BYTES_PER_MS)
    assert world.core.feed(signals.PlaySound(pcm), world.now) == [
        actions.BeginUtterance("sound_1"),
        actions.Play(pcm),
        actions.FinishUtterance(),
    ]
