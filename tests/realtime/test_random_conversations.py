"""Two hundred conversations that nobody wrote, each exact to the tick."""

import random

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Failed,
    Plan,
    Reply,
    Say,
    ServerOptions,
    TranscriptionOrder,
)

from .world import World

CONVERSATIONS = 200
# A cancel and the end of what it cancels can cross on the wire.
HARMLESS = {"response_cancel_not_active"}
FINISH = Call("finish_conversation", {"reason": "done"})


def _reply(dice: random.Random) -> Reply:
    """Return something a model might do."""
    length = dice.randint(1, 40)
    speech = Say("word " * length, duration_ms=dice.randint(100, 400) * length)
    kinds: list[Reply] = [
        speech,
        speech,
        Plan((speech, speech)),
        Plan((speech, Call("fog"), Call("thunder", "[broken"))),
        Call("fog"),
        Plan((speech, FINISH)),
        Plan((FINISH,)),
        Plan((speech,), ending=Failed()),
    ]
    return dice.choices(kinds, weights=[6, 6, 3, 2, 1, 1, 1, 1])[0]


def _options(dice: random.Random) -> ServerOptions:
    """Return a server's free choices."""
    return ServerOptions(
        pace=dice.choice([1.05, 2, 6, 1000]),
        think_ms=dice.choice([0, 300, 1200]),
        delta_ms=dice.choice([20, 200, 400]),
        transcription_order=dice.choice(list(TranscriptionOrder)),
        transcription_delay_ms=dice.choice([0, 900]),
        vary=True,
        legacy_item_events=dice.random() < 0.2,
        item_object=dice.random() < 0.5,
        echo_event_id=dice.random() < 0.8,
    )


def _conversation(seed: int) -> World:
    """Return a conversation in which everything happens at random."""
    dice = random.Random(seed)
    world = World(
        [_reply(dice) for _ in range(80)],
        heard=dice.choices(["some words", ""], weights=[3, 1], k=80),
        behaviour=Behaviour(
            opening=dice.choice(["Greet.", ""]),
            barge_in=dice.random() < 0.7,
            max_duration=dice.choice([30, 60]),
        ),
        options=_options(dice),
        speaker_latency=dice.choice([0.0, 0.1, 0.4, 1.2]),
        network=dice.choice([0.0, 0.02, 0.15]),
        seed=seed,
    )
    for _ in range(dice.randint(0, 12)):
        world.say(dice.uniform(0, 60), dice.uniform(0.1, 3))
    for _ in range(dice.randint(0, 3)):
        respond = dice.random() < 0.7
        message = signals.Message(signals.Role.SYSTEM, "Laugh.", respond)
        world.tell(dice.uniform(0, 50), message)
    for _ in range(dice.choice([0, 0, 0, 1, 2])):
        world.lose_socket(dice.uniform(0, 50))
    if dice.random() < 0.3:
        world.tell(dice.uniform(1, 50), signals.Stop("stopped", dice.random() < 0.7))
    return world


def _play(world: World) -> None:
    """Play a conversation to its end; tools answer after half a second."""
    answered = 0
    while not world.core.is_over and world.now < 200:
        world.step()
        for call in world.calls[answered:]:
            world.tell(world.now + 0.5, signals.ToolFinished(call.call_id, "{}"))
        answered = len(world.calls)


@pytest.mark.parametrize("block", range(10))
def test_random_conversations_keep_every_promise(block: int) -> None:
    """They end once, idle, and the service never has to refuse anything."""
    for seed in range(block, CONVERSATIONS, 10):
        world = _conversation(seed)
        _play(world)
        codes = {error["code"] for error in world.errors()}
        assert codes <= HARMLESS, seed
        assert len(world.ends) == 1, seed
        assert world.core.phase is events.Phase.IDLE, seed
        assert world.core.feed(signals.Wake(), world.now + 1) == [], seed
        _check_truncations(world, seed)


def _check_truncations(world: World, seed: int) -> None:
    """Check that every cut lies where the speaker really was."""
    cuts = [u for u in world.of(events.Interrupted) if u.heard_ms]
    for cut in cuts:
        assert abs(world.speaker.heard[cut.response_id] - cut.heard_ms) <= 30, seed
    assert len(world.truncations) <= len(cuts), seed
