"""Reading the service's events: nothing it sends can end a conversation."""

from base64 import b64encode
from collections.abc import Iterable
import random
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.wire import _READERS, read_event

from .world import CONFIG

NESTED = {"session", "response", "item", "error", "status_details", "usage"}
FIELDS = [
    "session",
    "response",
    "item",
    "error",
    "delta",
    "transcript",
    "item_id",
    "response_id",
    "code",
    "type",
    "message",
    "event_id",
    "status",
    "status_details",
    "usage",
    "id",
    "name",
    "call_id",
    "arguments",
    "audio_start_ms",
    "audio_end_ms",
    "content_index",
    "expires_at",
    "output",
]
ODD = (
    *(None, True, False, 0, 1, -1, 0.5, -0.0, 10**30, float("nan"), float("inf")),
    *("", " ", "completed", "failed", "function_call", "fog", "{}", "[1]", "AAAA"),
    *("\x00", "\ud800", "session_expired", "insufficient_quota", "no base64"),
)
"""Values that a field may have, whatever it should have."""

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
NAMES = st.sampled_from(FIELDS)
MESSAGES = st.dictionaries(
    NAMES,
    LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(NAMES, LEAVES, max_size=3),
    max_size=5,
)
PREAMBLE = (
    {"type": "session.created", "session": {"id": "s"}},
    {"type": "session.updated"},
    {"type": "response.created", "response": {"id": "r"}},
    {
        "type": "response.output_audio.delta",
        "response_id": "r",
        "item_id": "i",
        "delta": b64encode(b"\x00\x40" * 2400).decode(),
    },
)
"""What brings a session to speak, so that every event meets something to change."""


def _feed(core: SessionCore, messages: Iterable[dict[str, Any]], now: float) -> None:
    """Let a session take what the service sends, a second apart."""
    for second, message in enumerate(messages):
        event = read_event(message)
        if event is not None:
            core.feed(event, now + second)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(_READERS)), MESSAGES)
def test_no_event_raises_whatever_its_fields_are(
    kind: str, fields: dict[str, Any]
) -> None:
    """A known type with any fields is read, and a session that speaks takes it."""
    core = SessionCore(CONFIG, Behaviour(opening="Hi."))
    _feed(core, PREAMBLE, 0)
    _feed(core, [{**fields, "type": kind}], 4)


@pytest.mark.parametrize("seed", range(8))
def test_no_order_of_events_raises_whatever_their_fields_are(seed: int) -> None:
    """Known types in any order, with ids that meet again and odd values."""
    dice = random.Random(seed)
    kinds = sorted(_READERS)
    for _ in range(250):
        core = SessionCore(CONFIG, Behaviour(opening="Hi."))
        _feed(core, PREAMBLE[: dice.randint(0, len(PREAMBLE))], 0)
        order = dice.choices(kinds, k=dice.randint(1, 12))
        _feed(core, [{**_fields(dice), "type": kind} for kind in order], 4)


def _fields(dice: random.Random, depth: int = 3) -> dict[str, Any]:
    """Return fields of any kind, some of them with fields of their own."""
    names = dice.sample(FIELDS, dice.randint(0, 12 if depth == 3 else 5))
    return {name: _value(dice, name, depth) for name in names}


def _value(dice: random.Random, name: str, depth: int) -> Any:
    """Return a value; ids are few, so that they meet again."""
    if name.endswith("id") and dice.random() < 0.7:
        return dice.choice("rix")
    kind = dice.random()
    if depth and (kind < 0.2 or (name in NESTED and kind < 0.8)):
        return _fields(dice, depth - 1)
    if depth and kind < 0.3:
        return [_value(dice, "", depth - 1) for _ in range(dice.randint(0, 3))]
    return dice.choice(ODD)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": None},
        {"type": ["error"]},
        {"type": "response.audio.delta", "delta": "AAAA"},
        {"type": "rate_limits.updated", "rate_limits": []},
        {"type": "response.output_audio.delta", "delta": "no base64!"},
        {"type": "response.output_audio.delta", "delta": "AAA="[:3]},
        {
            "type": "response.output_audio.delta",
            "response_id": "r",
            "delta": "AAA!AAA==",
        },
        {"type": "response.output_audio.delta", "delta": b64encode(b"odd").decode()},
        {"type": "response.output_audio.delta"},
        {"type": "response.output_item.done"},
    ],
)
def test_unknown_and_unreadable_events_are_ignored(message: dict[str, Any]) -> None:
    """They are nothing, not an error."""
    assert read_event(message) is None


def test_an_audio_delta_keeps_its_ids_and_bytes() -> None:
    """The sound is what the base64 says."""
    message = {
        "type": "response.output_audio.delta",
        "response_id": "r",
        "item_id": "i",
        "output_index": 0,
        "content_index": 1,
        "delta": b64encode(b"\x01\x02\x03\x04").decode(),
    }
    assert read_event(message) == events.AudioDelta("r", "i", 1, b"\x01\x02\x03\x04")


@pytest.mark.parametrize("index", [10**30, 1e300])
def test_a_number_that_json_cannot_hold_is_cut(index: float) -> None:
    """It is sent back to the service, where the item is truncated."""
    message = {
        "type": "response.output_audio.delta",
        "response_id": "r",
        "content_index": index,
        "delta": b64encode(bytes(4)).decode(),
    }
    event = read_event(message)
    assert isinstance(event, events.AudioDelta)
    assert event.content_index == 2**53 - 1


def test_a_failed_response_names_its_error() -> None:
    """The reason stands in the status details."""
    error = {
        "type": "insufficient_quota",
        "code": "insufficient_quota",
        "message": "No",
    }
    response = {"id": "r", "status": "failed", "status_details": {"error": error}}
    done = read_event({"type": "response.done", "response": response})
    assert done == events.ResponseDone(
        "r", "failed", "insufficient_quota", "insufficient_quota", "No", {}
    )
