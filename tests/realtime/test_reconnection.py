"""Lost sockets: opened again with the history kept, or given up with a reason."""

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind
from custom_components.realtime_pumpkin.realtime.reconnection import (
    BUDGET,
    Reconnection,
)
from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Failed,
    Plan,
    Say,
    ServerOptions,
)

from .world import World


def test_a_lost_socket_is_opened_again_and_told_what_was_said() -> None:
    """The model goes on where the conversation was."""
    world = World(["Welcome!", "A clock it is!"], heard=["A clock."])
    world.lose_socket(4)
    world.say(6, 1)
    world.run(12)
    assert [s.resumed for s in world.of(events.SessionStarted)] == [False, True]
    items = [e["item"] for e in world.sent_of("conversation.item.create")]
    assert items[-1] == {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "Welcome!"}],
    }
    assert [u.text for u in world.of(events.AssistantTranscript)][
        -1
    ] == "A clock it is!"
    assert world.errors() == []


def test_what_the_visitor_says_meanwhile_is_kept() -> None:
    """The microphone is buffered while there is no session."""
    world = World(["Welcome!", "Yes!"], heard=["Hello?"])
    world.dropped_until = 6.0
    world.lose_socket(4)
    world.say(4.5, 1)
    world.run(12)
    assert [u.text for u in world.of(events.UserTranscript)] == ["Hello?"]


def test_what_was_received_plays_to_its_end() -> None:
    """A cut socket is not heard as a cut sentence."""
    world = World([Say("Welcome! " * 10, duration_ms=4000)])
    world.lose_socket(1.5)
    world.run(10)
    assert list(world.speaker.heard.values()) == [4000]


def test_no_answer_is_asked_for_by_itself_after_a_reconnection() -> None:
    """The greeting is not said twice."""
    world = World(["Welcome!"])
    world.lose_socket(4)
    world.run(10)
    assert len(world.sent_of("response.create")) == 1


def test_a_socket_lost_before_the_greeting_is_no_resumption() -> None:
    """The new session opens the conversation."""
    world = World(["Welcome!"])
    world.lose_socket(0.03)
    world.run(5)
    assert [s.resumed for s in world.of(events.SessionStarted)] == [False]
    assert [u.text for u in world.of(events.AssistantTranscript)] == ["Welcome!"]


def test_an_expired_session_is_renewed() -> None:
    """The session cap ends the socket, not the conversation."""
    world = World(["Welcome!"], options=ServerOptions(max_session_s=5))
    world.run(12)
    assert len(world.of(events.SessionStarted)) >= 2
    assert world.of(events.Failed) == []


def test_the_net_may_be_gone_for_the_budget_and_no_longer() -> None:
    """After 15 s of trying the conversation ends with its reason."""
    world = World(["Welcome!"])
    world.dropped_until = 100.0
    world.lose_socket(4)
    world.run(60)
    assert world.ends[0][1] == "connection_lost"
    assert world.ends[0][0] <= 4 + BUDGET
    assert world.of(events.Failed)[-1].fatal


def _tries() -> list[float]:
    """Return the times at which a socket is tried for that cannot be had."""
    reconnection = Reconnection()
    now, tries = 0.0, []
    while (delay := reconnection.next_delay(now)) is not None:
        now += delay
        tries.append(now)
    return tries


def test_tries_come_at_growing_distances() -> None:
    """0.25 s at first, then twice as long each time."""
    assert _tries()[:5] == [0.25, 0.75, 1.75, 3.75, 7.75]


def test_a_service_that_is_back_just_before_the_budget_is_spent_is_found() -> None:
    """The whole 15 s are used, and not a moment more."""
    assert 14 < _tries()[-1] < BUDGET


def test_a_socket_that_is_lost_again_has_the_whole_budget_again() -> None:
    """What was spent on an earlier loss, and came back, counts for nothing."""
    world = World(["Welcome!"])
    for lost_at in (4, 25):
        world.lose_socket(lost_at)
    world.run(30)
    resumed = [started.resumed for started in world.of(events.SessionStarted)]
    assert resumed == [False, True, True]


@pytest.mark.parametrize("kind", [ErrorKind.AUTH, ErrorKind.QUOTA, ErrorKind.MODEL])
def test_what_only_a_person_can_mend_is_not_tried_again(kind: ErrorKind) -> None:
    """Key, quota and model end the conversation at once."""
    world = World(["Welcome!"])
    world.lose_socket(4, kind)
    world.run(30)
    assert world.ends == [(4.0, kind)]


@pytest.mark.parametrize("kind", [ErrorKind.WRONG_URL, ErrorKind.TLS])
def test_half_an_answer_of_a_network_in_trouble_is_no_wrong_address(
    kind: ErrorKind,
) -> None:
    """The address was right when the conversation began."""
    world = World(["Welcome!"])
    world.lose_socket(4, kind)
    world.run(8)
    assert [s.resumed for s in world.of(events.SessionStarted)] == [False, True]


def test_a_response_that_fails_for_quota_ends_the_conversation() -> None:
    """The error most often comes in `response.done`."""
    failed = Plan(ending=Failed("insufficient_quota", "You exceeded your quota."))
    world = World([failed])
    world.run(30)
    assert world.ends[0][1] == "quota"


def test_a_response_that_fails_by_the_servers_fault_does_not() -> None:
    """The visitor may try again."""
    world = World([Plan(ending=Failed()), "I am back."], heard=["Hello?"])
    world.say(4, 1)
    world.run(10)
    assert [f.fatal for f in world.of(events.Failed)] == [False]
    assert [u.text for u in world.of(events.AssistantTranscript)] == ["I am back."]


def test_an_answer_that_broke_off_is_gone_on_with() -> None:
    """The new session knows how far it came and is asked for the rest alone."""
    whole = Say("One two three four five six seven eight.", duration_ms=8000)
    world = World([whole, "Six seven eight."], options=ServerOptions(pace=1.0))
    world.lose_socket(5)
    world.run(15)
    told = [e["item"] for e in world.sent_of("conversation.item.create")][-2:]
    broken = told[0]["content"][0]["text"]
    assert told[0]["role"] == "assistant"
    assert whole.text.startswith(broken)
    assert 4 <= len(broken.split()) <= 6
    assert told[1]["role"] == "system"
    texts = [update.text for update in world.of(events.AssistantTranscript)]
    assert texts == [broken.strip(), "Six seven eight."]
    assert "the very next word" in told[1]["content"][0]["text"]
    assert len(world.sent_of("response.create")) == 2
    assert len(world.speaker.heard) == 2


def test_the_visitor_has_the_floor_before_the_rest_of_an_answer() -> None:
    """Whoever spoke meanwhile is answered; the rest is asked for by nobody."""
    world = World(
        [Say("One two three.", duration_ms=8000), "Hello to you!"],
        heard=["Hello?"],
        options=ServerOptions(pace=1.0),
        behaviour=Behaviour(opening="Hi.", barge_in=True),
    )
    world.dropped_until = 9.0
    world.lose_socket(3)
    world.say(5, 1)
    world.run(20)
    assert [u.text for u in world.of(events.UserTranscript)] == ["Hello?"]
    assert len(world.sent_of("response.create")) == 2


def test_a_question_whose_answer_was_lost_is_answered_by_the_next_session() -> None:
    """Its words are in the history; the answer is asked for again."""
    thinks = Plan((Say("Too late."),), think_ms=5000)
    world = World(["Welcome!", thinks, "Hello to you!"], heard=["Hello?"])
    world.say(4, 1)
    world.lose_socket(7)
    world.run(20)
    said = [update.text for update in world.of(events.AssistantTranscript)]
    assert said == ["Welcome!", "Hello to you!"]
    assert len(world.sent_of("response.create")) == 3


def test_speech_that_was_cut_by_a_lost_socket_is_heard_by_the_next_session() -> None:
    """The visitor does not have to say it again."""
    world = World(["Welcome!", "Yes!"], heard=["A long sentence."])
    world.say(4, 3)
    world.lose_socket(5.5)
    world.run(15)
    assert [u.text for u in world.of(events.UserTranscript)] == ["A long sentence."]
    speech = [e for _, e in world.received if e["type"].endswith("speech_started")]
    assert len(speech) == 2


def test_a_tool_that_was_called_is_not_called_again_by_the_next_session() -> None:
    """It may still run; its result has nowhere to go."""
    world = World(["Welcome!", Call("fog"), "It is done."], heard=["Fog, please!"])
    world.say(4, 1)
    world.lose_socket(7)
    world.run(15)
    assert [call.name for call in world.calls] == ["fog"]
    told = [e["item"] for e in world.sent_of("conversation.item.create")]
    assert any("fog has just been called" in i["content"][0]["text"] for i in told)
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "It is done."


def test_a_network_that_stays_in_trouble_asks_for_no_other_address() -> None:
    """The error that ends it is that of a lost connection."""
    world = World(["Welcome!"])
    world.dropped_until, world.dropped_as = 100.0, ErrorKind.WRONG_URL
    world.lose_socket(4)
    world.run(30)
    assert world.of(events.Failed)[-1].kind == ErrorKind.LOST
    assert world.ends[0][1] == "connection_lost"


@pytest.mark.parametrize("kind", [ErrorKind.QUOTA, ErrorKind.LOST])
def test_what_was_received_is_heard_before_a_conversation_is_given_up(
    kind: ErrorKind,
) -> None:
    """Its error is told at once; nobody is cut off in the middle of a word."""
    world = World([Say("Welcome!", duration_ms=30_000)])
    world.dropped_until = 100
    world.lose_socket(8, kind)
    world.run(60)
    (heard,) = world.speaker.heard.values()
    assert heard == 30_000
    failed = [at for at, update in world.updates if isinstance(update, events.Failed)]
    assert failed[-1] <= 8 + BUDGET
    assert 30 < world.ends[0][0] < 31


def test_a_socket_lost_during_the_goodbye_ends_after_what_was_received() -> None:
    """Nobody is called back for a farewell."""
    world = World(["Welcome!", Say("Goodbye!", duration_ms=3000)])
    world.tell(4, signals.Stop("stopped", goodbye=True))
    world.lose_socket(4.8)
    world.run(30)
    assert world.ends[0][1] == "stopped"
    assert len(world.of(events.SessionStarted)) == 1
    assert list(world.speaker.heard.values())[-1] == 3000
