"""A conversation from its first socket to its goodbye."""

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say

from .world import CONFIG, World

GOODBYE = Plan(
    (Say("Goodbye!", duration_ms=1000), Call("finish_conversation", {"reason": "done"}))
)


def visit(**changes: object) -> World:
    """Return a whole visit: greeting, two turns, a goodbye with the finish tool."""
    world = World(
        [
            Say("Welcome! What has a face but no eyes?", duration_ms=3000),
            Say("A clock it is! Well done.", duration_ms=2000),
            GOODBYE,
        ],
        heard=["Trick or treat!", "A clock."],
        **changes,  # type: ignore[arg-type]
    )
    world.say(5, 1)
    world.say(10, 1)
    return world


def test_a_visit_runs_from_greeting_to_goodbye() -> None:
    """Both sides speak twice and the model ends the conversation."""
    world = visit()
    world.run()
    assert [reason for _, reason in world.ends] == ["finished"]
    assert world.core.turns == 2
    assert world.core.history.transcript() == [
        {"role": "assistant", "text": "Welcome! What has a face but no eyes?"},
        {"role": "user", "text": "Trick or treat!"},
        {"role": "assistant", "text": "A clock it is! Well done."},
        {"role": "user", "text": "A clock."},
        {"role": "assistant", "text": "Goodbye!"},
    ]
    assert world.errors() == []
    world.brain.assert_finished()


def test_the_session_is_configured_before_anything_else_is_sent() -> None:
    """The first event is the whole configuration, the opening follows."""
    world = visit()
    world.run(1)
    kinds = [event["type"] for _, event in world.sent]
    assert kinds == ["session.update", "conversation.item.create", "response.create"]
    assert world.sent[0][1]["session"] == CONFIG.as_dict()


def test_nothing_is_said_before_the_session_is_configured() -> None:
    """A service that takes a second for it is waited for."""
    world = visit(network=0.5)
    world.run(3)
    [configured] = [
        at for at, event in world.received if event["type"] == "session.updated"
    ]
    before = [event["type"] for at, event in world.sent if at < configured]
    assert before == ["session.update"]
    assert len(world.sent) > len(before)


def test_the_goodbye_is_heard_to_its_end_before_the_conversation_ends() -> None:
    """The end comes with the last sample, not with the last delta."""
    world = visit(speaker_latency=1.5)
    world.run()
    assert list(world.speaker.heard.values()) == [3000, 2000, 1000]


@pytest.mark.parametrize("latency", [0.0, 0.1, 1.3])
def test_the_end_follows_the_last_sound_at_once(latency: float) -> None:
    """Nothing waits once the goodbye was heard."""
    world = visit(speaker_latency=latency)
    world.run()
    began = max(t for t, u in world.updates if isinstance(u, events.AudioStarted))
    assert world.ends[0][0] == pytest.approx(began + 1.0, abs=0.03)


def test_phases_follow_the_talk() -> None:
    """Processing, responding and listening alternate; idle comes last."""
    world = visit()
    phases = [world.core.phase]
    while not world.core.is_over and world.now < 60:
        world.step()
        if world.core.phase is not phases[-1]:
            phases.append(world.core.phase)
    turn = [Phase.LISTENING, Phase.PROCESSING, Phase.RESPONDING]
    assert phases == [Phase.PROCESSING, Phase.RESPONDING, *turn, *turn, Phase.IDLE]


def test_without_an_opening_the_voice_listens_first() -> None:
    """No response is asked for; the visitor begins."""
    world = World(["Hello!"], heard=["Hi."], behaviour=Behaviour(opening=""))
    world.say(1, 1)
    world.run(6)
    assert [t for t, _ in world.updates if t < 1] == [0.06]
    assert len(world.sent_of("response.create")) == 1
    assert [u.text for u in world.of(events.AssistantTranscript)] == ["Hello!"]


def test_context_is_given_before_the_opening() -> None:
    """The model knows who rang when it greets."""
    behaviour = Behaviour(opening="Greet.", context=("A witch rang.",))
    world = World(["Hello witch!"], behaviour=behaviour)
    world.run(2)
    texts = [e["item"]["content"][0]["text"] for e in _items(world)]
    assert texts == ["A witch rang.", "Greet."]
    assert all(e["item"]["role"] == "system" for e in _items(world))


def test_a_message_is_put_in_and_answered_at_once() -> None:
    """A direction in mid-conversation gets an answer of its own."""
    world = World(["Welcome!", "Mwahaha!"])
    world.tell(6, signals.Message(signals.Role.SYSTEM, "Laugh.", respond=True))
    world.run(10)
    assert _items(world)[-1]["item"]["content"][0]["text"] == "Laugh."
    assert len(world.sent_of("response.create")) == 2
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Mwahaha!"


def test_a_message_need_not_be_answered() -> None:
    """A note waits for the next turn."""
    world = World(["Welcome!"])
    world.tell(6, signals.Message(signals.Role.SYSTEM, "It rains.", respond=False))
    world.run(10)
    assert len(world.sent_of("response.create")) == 1


def test_a_message_before_the_session_is_ready_is_not_lost() -> None:
    """It is sent once the session is configured."""
    world = World(["Welcome!", "Mwahaha!"], network=0.5)
    world.tell(0.1, signals.Message(signals.Role.USER, "Hello?", respond=False))
    world.run(5)
    assert [e["item"]["role"] for e in _items(world)] == ["system", "user"]


def test_a_message_during_an_answer_waits_for_its_turn() -> None:
    """No second response is asked for while one is active."""
    world = World([Say("Long " * 60, duration_ms=20000), "Mwahaha!"])
    world.tell(1, signals.Message(signals.Role.SYSTEM, "Laugh.", respond=True))
    world.tell(1.1, signals.Message(signals.Role.SYSTEM, "Louder.", respond=True))
    world.run(40)
    assert world.errors() == []
    assert len(world.sent_of("response.create")) == 2


def test_a_message_while_the_visitor_speaks_is_answered_with_the_visitor() -> None:
    """The visitor's answer has read the message: one answer serves both."""
    world = World(["Welcome!", "Mwahaha, a witch!"], heard=["I am a witch."])
    world.say(5, 2)
    world.tell(6, signals.Message(signals.Role.SYSTEM, "Laugh.", respond=True))
    world.run(15)
    assert len(world.sent_of("response.create")) == 2
    assert len(world.of(events.AssistantTranscript)) == 2


def test_a_transcript_that_comes_after_the_answer_keeps_its_place() -> None:
    """The visitor's words stand before the answer to them."""
    world = World(["Welcome!", "A clock!"], heard=["A clock?"])
    world.options = world.options.__class__(transcription_delay_ms=3000)
    world.connect()
    world.say(5, 1)
    world.run(14)
    roles = [line["role"] for line in world.core.history.transcript()]
    assert roles == ["assistant", "user", "assistant"]


def test_usage_is_counted_and_priced() -> None:
    """Tokens by kind come from the service, USD from the price list."""
    world = visit()
    world.run()
    usage = world.core.usage
    assert usage.tokens["output_audio"] == 120
    assert 0 < (usage.cost("gpt-realtime-2.1-mini") or 0) < 0.02
    assert usage.cost("some-other-model") is None


def _items(world: World) -> list[dict]:  # type: ignore[type-arg]
    """Return the items the client created."""
    return world.sent_of("conversation.item.create")
