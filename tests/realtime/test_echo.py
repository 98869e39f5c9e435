"""A voice beside its own microphone: it must not talk to itself."""

import pytest

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.realtime.config import Behaviour
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
