"""What the service says in real conversations, recorded from the rehearsal's core."""

from functools import cache
from typing import Any, Final

from custom_components.realtime_pumpkin.realtime import signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.wire import _READERS
from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Failed,
    Plan,
    Reply,
    Say,
    ServerOptions,
    parse_fault,
)
from tests.realtime.world import World

type Message = dict[str, Any]

SPEECH: Final = Say("Who rings at my door tonight?", duration_ms=400)
FINISH: Final = Call("finish_conversation", {"reason": "done", "summary": "A ghost"})
FOG: Final = Call("fog", {"level": 3, "where": "porch"})


def _world(*replies: Reply, **options: Any) -> World:
    """Return a porch with a talkative model."""
    return World(
        replies,
        heard=["Trick or treat!", "", "I am a ghost."] * 4,
        behaviour=Behaviour(opening="Greet.", max_duration=30),
        options=ServerOptions(delta_ms=100, **options),
    )


def _visit() -> World:
    """Talk, call tools, be interrupted, finish."""
    world = _world(SPEECH, Plan((SPEECH, FOG, Call("thunder", "[broken"))), SPEECH)
    world.brain._replies.extend([SPEECH, Plan((SPEECH, FINISH))])
    world.say(1.5, 0.8)
    world.say(3.2, 0.9)
    world.say(6.0, 0.8)
    world.tell(5.5, signals.ToolFinished("call_x", "{}"))
    return world


def _failing() -> World:
    """Fail in the middle of an answer, and be refused."""
    world = _world(
        SPEECH,
        Plan((SPEECH,), ending=Failed("rate_limit_exceeded")),
        faults=(
            parse_fault("error=rate_limit_exceeded@2"),
            parse_fault("unknown@session.updated"),
        ),
    )
    world.say(1.5, 0.8)
    world.say(4.0, 0.8)
    return world


def _cut() -> World:
    """Lose the socket and go on in another session."""
    world = _world(SPEECH, SPEECH, Plan((FINISH,)))
    world.lose_socket(0.4)
    world.say(3.0, 0.8)
    return world


@cache
def _played() -> tuple[World, ...]:
    """Return the conversations, played."""
    worlds = (_visit(), _failing(), _cut())
    for world in worlds:
        world.run(12)
    return worlds


@cache
def ladders() -> tuple[tuple[Message, ...], ...]:
    """Return conversations as the messages of the service, in order."""
    return tuple(tuple(m for _, m in world.received) for world in _played())


@cache
def requests() -> tuple[tuple[Message, ...], ...]:
    """Return the same conversations as the messages of our side, in order."""
    return tuple(tuple(m for _, m in world.sent) for world in _played())


@cache
def kinds() -> tuple[Message, ...]:
    """Return one message of each kind that was recorded, and of those never made."""
    found = {_kind(m): m for ladder in ladders() for m in ladder}
    for kind in _READERS:
        found.setdefault((kind, ""), {"type": kind, "item_id": "item_x", "error": {}})
    return tuple(found.values())


def _kind(message: Message) -> tuple[str, str]:
    """Return what a message is, and what it is about."""
    return message["type"], str(message.get("item", {}).get("type", ""))
