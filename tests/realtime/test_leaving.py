"""A conversation that somebody else goes on with: ended once it was heard."""

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say, ServerOptions

from .world import World

LEAVE = signals.Leave("handed_over", "Say who goes on.")
GREETING = Say("Let the ghost tell you", duration_ms=2000)
HAND_OVER = Plan((GREETING, Call("hand_over", {"to": "Ghost"})))
AFTERWARDS = Plan((Call("hand_over", {"to": "Ghost"}), GREETING))
SILENT = Plan((Call("hand_over", {"to": "Ghost"}),))


def leaving(*replies: Plan | Say, delay: float = 0.0, **options: float) -> World:
    """Return a visit that is left as soon as the model asks for it."""
    world = World(replies, options=ServerOptions(**options))  # type: ignore[arg-type]

    def look() -> None:
        """Run the tool as Home Assistant does, once it is called."""
        if not world.calls:
            world.at(world.now + 0.01, look)
            return
        world.tell(world.now + delay, LEAVE)
        result = signals.ToolFinished(world.calls[0].call_id, "{}")
        world.tell(world.now + delay, result)

    world.at(0.01, look)
    return world


@pytest.mark.parametrize("plan", [HAND_OVER, AFTERWARDS], ids=["before", "after"])
@pytest.mark.parametrize("delay", [0.0, 0.05, 1.0, 5.0])
@pytest.mark.parametrize("pace", [1.05, 1000.0])
def test_what_is_being_said_is_heard_whole_and_nothing_follows(
    plan: Plan, delay: float, pace: float
) -> None:
    """Whether the words come before the call or after it, and whenever it is done."""
    world = leaving(plan, Say("Too much", duration_ms=500), delay=delay, pace=pace)
    world.run(until=60)
    assert [reason for _, reason in world.ends] == ["handed_over"]
    assert list(world.speaker.heard.values()) == [pytest.approx(2000, abs=25)]
    assert len(world.sent_of("response.create")) == 1
    assert world.errors() == []


def test_a_voice_that_said_nothing_is_asked_for_its_last_words() -> None:
    """In the words of whoever lets it go."""
    world = leaving(SILENT, GREETING)
    world.run(until=60)
    assert [reason for _, reason in world.ends] == ["handed_over"]
    assert list(world.speaker.heard.values()) == [pytest.approx(2000, abs=25)]
    told = [
        part["text"]
        for event in world.sent_of("conversation.item.create")
        for part in event["item"].get("content", ())
    ]
    assert told[-1] == "Say who goes on."


def test_a_goodbye_in_the_same_answer_is_last_words_enough() -> None:
    """The model ends and hands over at once; the visitor was promised somebody."""
    finish = Call("finish_conversation", {"reason": "done"})
    world = World([Say("Hello", duration_ms=300), Plan((*HAND_OVER.outputs, finish))])
    world.say(1.5, 1.0)
    world.run(until=4.5)
    assert len(world.of(events.Finished)) == 1
    world.feed(LEAVE)
    world.run(until=60)
    assert [reason for _, reason in world.ends] == ["handed_over"]


@pytest.mark.parametrize("goodbye", [True, False])
def test_a_stop_meanwhile_is_a_stop(goodbye: bool) -> None:
    """Nobody goes on after somebody has ended it."""
    world = leaving(HAND_OVER)
    world.tell(1.5, signals.Stop("stopped", goodbye))
    world.run(until=60)
    assert [reason for _, reason in world.ends] == ["stopped"]
