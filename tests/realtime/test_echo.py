"""A voice beside its own microphone: it must not talk to itself."""

import pytest

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.echo import (
    MOST_HEARD,
    MOST_SAID,
    repeats,
)
from custom_components.realtime_pumpkin.rehearsal import Say

from .world import World

RIDDLE = Say("A riddle. " * 10, duration_ms=5000)


@pytest.mark.parametrize("latency", [0.1, 1.3])
@pytest.mark.parametrize("late", [0.0, 0.3])
def test_behind_the_gate_the_voice_never_hears_itself(
    latency: float, late: float
) -> None:
    """Even where its sound comes 0.3 s later than the speaker believes."""
    world = World(
        [RIDDLE, RIDDLE],
        heard=["Hello."],
        behaviour=Behaviour(opening="Hi.", barge_in=False),
        speaker_latency=latency,
        echo_delay=late,
    )
    world.say(9, 1)
    world.run(18)
    assert len(world.of(events.SpeechStarted)) == 1
    assert len(world.of(events.AssistantTranscript)) == 2
    assert world.of(events.Interrupted) == []


def test_the_gate_is_what_keeps_it_quiet() -> None:
    """Without gate and echo cancelling the microphone does hear the speaker."""
    world = World(
        [RIDDLE, "Who is there?"],
        heard=["what"] * 5,
        behaviour=Behaviour(opening="Hi.", barge_in=True),
        echo_delay=0.0,
    )
    world.run(5)
    assert world.of(events.SpeechStarted)


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_a_second_voice_interrupts_where_the_link_cancels_echo(seconds: float) -> None:
    """Barge-in is for hardware that does not hear its own speaker."""
    world = World([RIDDLE, "Yes?"], heard=["Stop, please."])
    world.say(2, seconds)
    world.run(8)
    assert len(world.of(events.Interrupted)) == 1
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Yes?"


WORDS = "What has a face but no eyes and two hands but cannot clap its hands for you? "
BOTH_WAYS = Behaviour(opening="Hi.", barge_in=True)


def _uncancelled(echo_delay: float, *heard: str, **changes: object) -> World:
    """Return a porch whose link was said to cancel echo and does not."""
    return World(
        [Say(WORDS, duration_ms=6000), "I am glad.", "Bye."],
        heard=list(heard),
        behaviour=BOTH_WAYS,
        echo_delay=echo_delay,
        is_marked=True,
        **changes,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("heard", ["", "What", "What has a face"])
@pytest.mark.parametrize("lead_ms", [0, 200])
@pytest.mark.parametrize("echo_delay", [0.0, 0.1, 0.3])
def test_a_voice_does_not_pause_at_its_own_echo_for_ever(
    echo_delay: float, lead_ms: int, heard: str
) -> None:
    """It tries twice; then the microphone is held shut while the voice is heard."""
    world = _uncancelled(echo_delay, *[heard] * 20, speaker_lead_ms=lead_ms)
    world.run(16)
    assert 1 <= len([*world.of(events.Paused), *world.of(events.Interrupted)]) <= 4
    assert world.speaker.heard_ms() >= 4000  # All that came before it was cancelled.
    assert world.core.phase is events.Phase.LISTENING
    assert len(world.of(events.AssistantTranscript)) == 1
    assert world.core.turns == 0
    assert world.of(events.UserTranscript) == []


def test_a_visitor_is_still_heard_behind_the_gate_that_an_echo_closed() -> None:
    """Between the answers, as with any link that does not cancel echo."""
    world = _uncancelled(0.1, "", "", "I know it, a clock!")
    world.say(12, 1.5)
    world.run(20)
    assert [u.text for u in world.of(events.UserTranscript)] == ["I know it, a clock!"]
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "I am glad."


def test_a_cough_at_the_beginning_of_an_answer_leaves_barge_in_on() -> None:
    """Once may be chance: the next voice still interrupts."""
    world = World([RIDDLE, "Yes?"], heard=["", "Stop it, please!"])
    started = 0.1 + world.speaker.latency
    world.say(started + 0.3, 0.12)
    world.say(4, 1.5)
    world.run(8)
    assert len(world.of(events.Interrupted)) == 1


def test_a_word_that_repeats_the_voice_at_once_is_its_echo() -> None:
    """Later a child may well repeat a word or two."""
    assert repeats("a riddle", "A riddle for you.", is_sudden=True)
    assert not repeats("a riddle", "A riddle for you.")
    assert not repeats("", "A riddle for you.", is_sudden=True)


def test_an_echo_is_found_in_a_long_answer_without_comparing_all_of_it() -> None:
    """The words that are compared are few, however much a server says was heard."""
    answer = " ".join(f"word{number}" for number in range(5000))
    heard = " ".join(answer.split()[-MOST_SAID:][:MOST_HEARD])
    assert repeats(heard, answer)
    assert repeats(heard + " and so on" * 5000, answer)
    assert not repeats("and so on " * 5000, answer)
