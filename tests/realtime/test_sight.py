"""Pictures: in their place, none twice, none lost."""

import json
from typing import Any

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.rehearsal import Call, Say

from .world import World

JPEG = "data:image/jpeg;base64,/9j/4AAQ"
CAPTION = "This is what you see."
FIRST = signals.Picture(JPEG, CAPTION)
SECOND = signals.Picture(JPEG + "AAAA", CAPTION)


def pictures(world: World) -> list[str]:
    """Return the pictures that were sent, in their order."""
    return [
        part["image_url"]
        for event in world.sent_of("conversation.item.create")
        for part in event["item"].get("content", [])
        if part["type"] == "input_image"
    ]


def kinds(world: World) -> list[str]:
    """Return what was sent, each item by its role or type."""
    return [
        _kind(event) for _, event in world.sent if event["type"] != "session.update"
    ]


def _kind(event: dict[str, Any]) -> str:
    """Name a client event."""
    item = event.get("item")
    if item is None:
        return str(event["type"])
    return str(item.get("role") or item["type"])


def test_a_picture_that_is_there_at_the_start_is_seen_by_the_first_answer() -> None:
    """It follows the context and comes before the opening; nobody answers it."""
    opening = Behaviour(opening="Greet them.", context=("It rains.",))
    world = World(["I see a witch!"], behaviour=opening)
    world.feed(FIRST)
    world.run(3)
    assert kinds(world) == ["system", "system", "user", "system", "response.create"]
    assert pictures(world) == [JPEG]
    request = world.brain.requests[0]
    assert [part.kind for item in request.news for part in item.parts] == [
        "input_text",
        "input_text",
        "input_image",
        "input_text",
    ]
    assert world.errors() == []


def test_a_picture_that_comes_late_is_seen_by_the_next_answer() -> None:
    """It asks for no answer of its own."""
    world = World(["Welcome!", "A witch!"], heard=["Hello."])
    world.tell(1.0, FIRST)
    world.say(4, 1)
    world.run(8)
    assert pictures(world) == [JPEG]
    assert len(world.sent_of("response.create")) == 2


def test_a_picture_that_a_tool_took_follows_its_result() -> None:
    """Result, picture, and then the one response that speaks of it."""
    world = World([Call("look"), "A dinosaur!"])
    world.run(0.5)
    [call] = world.calls
    world.feed(FIRST)
    world.feed(signals.ToolFinished(call.call_id, json.dumps({"ok": True})))
    world.run(4)
    tail = kinds(world)[-4:]
    assert tail == ["function_call_output", "system", "user", "response.create"]
    assert world.errors() == []


def test_of_two_pictures_that_wait_only_the_newer_is_sent() -> None:
    """What was seen before is not worth its tokens."""
    world = World([Call("look"), "A dinosaur!"])
    world.run(0.5)
    world.feed(FIRST)
    world.feed(SECOND)
    world.feed(signals.ToolFinished(world.calls[0].call_id, "{}"))
    world.run(4)
    assert pictures(world) == [SECOND.url]


def test_a_picture_that_was_answered_is_not_sent_to_the_next_session() -> None:
    """What the voice said of it is in the history."""
    world = World(["I see a witch!", "Yes!"], heard=["Hello."])
    world.feed(FIRST)
    world.lose_socket(4)
    world.say(6, 1)
    world.run(12)
    assert [s.resumed for s in world.of(events.SessionStarted)] == [False, True]
    assert pictures(world) == [JPEG]


@pytest.mark.parametrize("at", [0.05, 0.09, 0.3], ids=["opened", "asked", "said"])
def test_a_picture_whose_answer_broke_off_is_sent_to_the_next_session(
    at: float,
) -> None:
    """The voice still wants to say what it sees; it is sent once more, not twice."""
    world = World(
        [Say("I see a witch! " * 20, duration_ms=9000)] * 2, behaviour=Behaviour("Go.")
    )
    world.feed(FIRST)
    world.lose_socket(at)
    world.run(20)
    assert pictures(world)[-1] == JPEG
    assert len(pictures(world)) == (1 if at < 0.06 else 2)
    assert world.errors() == []


def test_a_picture_that_comes_while_there_is_no_session_waits_for_the_next() -> None:
    """The newest of them."""
    world = World(["Welcome!", "Yes!"], heard=["Hello."])
    world.dropped_until = 6.0
    world.lose_socket(3)
    world.tell(4, FIRST)
    world.tell(5, SECOND)
    world.say(9, 1)
    world.run(14)
    assert pictures(world) == [SECOND.url]


def test_no_picture_is_written_by_the_repr_of_what_carries_it() -> None:
    """What is printed may be logged."""
    assert "base64" not in repr(FIRST)


def test_what_a_picture_costs_is_in_the_usage() -> None:
    """Its tokens have a price of their own."""
    world = World(["I see a witch!"])
    world.feed(FIRST)
    world.run(3)
    tokens = world.core.usage.tokens
    assert tokens["input_image"] > 0
    without = {kind: count for kind, count in tokens.items() if kind != "input_image"}
    usage = type(world.core.usage)
    model = "gpt-realtime-2.1"
    more = (usage(dict(tokens)).cost(model) or 0) - (usage(without).cost(model) or 0)
    assert more == pytest.approx(tokens["input_image"] * 5 / 1_000_000)
