"""How conversations end: always with a reason, and never in mid-goodbye."""

import pytest

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say

from .world import CONFIG, SILENCE, World

FINISH = Call("finish_conversation", {"reason": "done", "summary": "A visit."})
BYE = Say("Goodbye!", duration_ms=1500)


def ended(*replies: object, heard: tuple[str, ...] = ("Bye.",)) -> World:
    """Return the end of a conversation in which the visitor says bye."""
    world = World(["Welcome!", *replies], heard=list(heard))  # type: ignore[list-item]
    world.say(4, 1)
    world.run()
    return world


def test_the_finish_tool_may_come_with_the_goodbye() -> None:
    """Speech and call in one answer: no other goodbye is asked for."""
    world = ended(Plan((BYE, FINISH)))
    assert world.ends[0][1] == "finished"
    assert len(world.sent_of("response.create")) == 2  # The opening and the turn.
    assert list(world.speaker.heard.values())[-1] == 1500


def test_the_finish_tool_may_come_before_the_goodbye_in_one_answer() -> None:
    """The order of the items does not matter."""
    world = ended(Plan((FINISH, BYE)))
    assert world.ends[0][1] == "finished"
    assert list(world.speaker.heard.values())[-1] == 1500


def test_a_finish_tool_without_a_word_gets_a_goodbye() -> None:
    """The voice does not leave in silence."""
    world = ended(FINISH, BYE)
    assert world.ends[0][1] == "finished"
    last = world.sent_of("response.create")[-1]
    assert last["response"] == {"tool_choice": "none"}
    assert list(world.speaker.heard.values())[-1] == 1500


def test_a_finish_tool_after_the_goodbye_ends_without_a_second() -> None:
    """The goodbye was said in the answer before."""
    world = World(["Welcome!", BYE, FINISH], heard=["Bye."])
    world.say(4, 1)
    world.tell(6.2, signals.Message(signals.Role.SYSTEM, "Finish.", respond=True))
    world.run()
    assert world.ends[0][1] == "finished"
    assert list(world.speaker.heard.values())[-1] == 1500
    world.brain.assert_finished()


def test_what_the_finish_tool_was_told_is_passed_on() -> None:
    """Automations get reason and summary."""
    world = ended(Plan((BYE, FINISH)))
    assert world.of(events.Finished) == [events.Finished("done", "A visit.")]


def test_the_finish_tool_is_ignored_before_anybody_had_time_to_speak() -> None:
    """A model in a hurry does not close the door."""
    world = World([Plan((Say("Hi!"), FINISH)), "There you are!"], heard=["Hello."])
    world.say(6, 1)
    world.run(9)
    assert world.ends == []
    assert len(world.of(events.UserTranscript)) == 1


def test_nobody_can_interrupt_the_goodbye() -> None:
    """The microphone is closed once the end has begun."""
    world = World(
        ["Welcome!", Plan((Say("Bye.", duration_ms=4000), FINISH))], heard=["x"]
    )
    world.say(4, 1)
    world.say(7.5, 2)
    world.run()
    assert world.speaker.clears == 0
    assert list(world.speaker.heard.values())[-1] == 4000


def test_nobody_is_listened_to_during_the_goodbye() -> None:
    """What is heard then is sent neither at once nor later."""
    core = SessionCore(CONFIG, Behaviour())
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    assert core.pass_on(SILENCE, 1) == SILENCE
    core.feed(signals.Stop("stopped", goodbye=True), 2)
    assert core.pass_on(SILENCE, 3) is None
    assert core.feed(signals.MicrophoneFrame(SILENCE), 3) == []


def test_stopping_with_a_goodbye_says_it_first() -> None:
    """The action's goodbye is in persona."""
    world = World(["Welcome!", BYE])
    world.tell(4, signals.Stop("stopped", goodbye=True))
    world.run()
    assert world.ends[0][1] == "stopped"
    assert list(world.speaker.heard.values())[-1] == 1500


def test_stopping_in_mid_answer_lets_it_end_before_the_goodbye() -> None:
    """The riddle is not cut, and no second response collides with it."""
    world = World([Say("A riddle. " * 20, duration_ms=6000), BYE])
    world.tell(0.5, signals.Stop("stopped", goodbye=True))
    world.run()
    assert list(world.speaker.heard.values()) == [6000, 1500]
    assert world.errors() == []


def test_stopping_without_a_goodbye_is_silent_at_once() -> None:
    """The speaker is cleared in the same moment."""
    world = World([Say("A riddle. " * 20, duration_ms=6000)])
    world.tell(2, signals.Stop("stopped", goodbye=False))
    world.run()
    assert world.ends == [(2.0, "stopped")]
    assert world.speaker.clears == 1


def test_a_goodbye_that_never_comes_is_not_waited_for() -> None:
    """A service that falls silent cannot hold the conversation."""
    core = SessionCore(CONFIG, Behaviour(farewell_timeout=12))
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    core.feed(signals.Stop("stopped", goodbye=True), 1)
    assert core.next_wake == 11
    core.feed(signals.Wake(), 11)
    assert core.is_over


def test_a_speaker_that_never_finishes_cannot_hold_the_conversation() -> None:
    """A goodbye is waited for a minute at most."""
    core = SessionCore(CONFIG, Behaviour(opening="Hi.", trims_silence=False))
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    core.feed(events.ResponseCreated("r1"), 1)
    core.feed(events.AudioDelta("r1", "a1", 0, bytes(4800)), 1)
    core.feed(signals.SpeakerStarted("r1"), 1)
    core.feed(events.ResponseDone("r1", "completed"), 1)
    core.feed(signals.Stop("stopped", goodbye=True), 6)
    core.feed(events.ResponseCreated("r2"), 6)
    core.feed(events.ResponseDone("r2", "failed", "server_error"), 6)
    end: list[actions.Action] = []
    while (wake := core.next_wake) is not None:
        end = core.feed(signals.Wake(), wake)
    assert core.duration <= 70
    assert end == [actions.ClearSpeaker(), actions.End("stopped")]


def test_a_quiet_porch_is_asked_once_and_then_left() -> None:
    """Idle: one question, then a goodbye."""
    world = World(["Welcome!", "Still there?", BYE])
    world.run()
    assert world.ends[0][1] == "idle"
    assert world.now == pytest.approx(2 * 20 + 5, abs=3)


def test_a_visitor_who_answers_the_question_is_heard_again() -> None:
    """The next silence is asked about anew."""
    world = World(
        ["Welcome!", "Still there?", "Ah!", "Still there?", BYE], heard=["Yes."]
    )
    world.say(26, 1)
    world.run()
    assert world.ends[0][1] == "idle"
    assert world.now > 65
    world.brain.assert_finished()


def test_a_conversation_has_a_longest_duration() -> None:
    """The voice says goodbye after four minutes whoever speaks."""
    replies = ["Hi!", *["And more?"] * 40]
    world = World(replies, heard=["And more."] * 40)
    for i in range(40):
        world.say(5 + 6 * i, 1)
    world.run()
    assert world.ends[0][1] == "max_duration"
    assert 240 <= world.now < 250
