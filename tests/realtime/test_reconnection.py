"""Lost sockets: opened again with the history kept, or given up with a reason."""

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind
from custom_components.realtime_pumpkin.realtime.reconnection import (
    BUDGET,
    Reconnection,
)
from custom_components.realtime_pumpkin.rehearsal import (
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


def test_tries_come_at_growing_distances() -> None:
    """0.25 s at first, then twice as long each time."""
    reconnection = Reconnection()
    now, delays = 0.0, []
    while (delay := reconnection.next_delay(now)) is not None:
        delays.append(delay)
        now += delay
    assert delays == [0.25, 0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("kind", [ErrorKind.AUTH, ErrorKind.QUOTA, ErrorKind.MODEL])
def test_what_only_a_person_can_mend_is_not_tried_again(kind: ErrorKind) -> None:
    """Key, quota and model end the conversation at once."""
    world = World(["Welcome!"])
    world.lose_socket(4, kind)
    world.run(30)
    assert world.ends == [(4.0, kind)]


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


def test_a_socket_lost_during_the_goodbye_ends_after_what_was_received() -> None:
    """Nobody is called back for a farewell."""
    world = World(["Welcome!", Say("Goodbye!", duration_ms=3000)])
    world.tell(4, signals.Stop("stopped", goodbye=True))
    world.lose_socket(4.8)
    world.run(30)
    assert world.ends[0][1] == "stopped"
    assert len(world.of(events.SessionStarted)) == 1
    assert list(world.speaker.heard.values())[-1] == 3000
