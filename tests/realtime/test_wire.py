"""Reading the service's events: nothing it sends can end a conversation."""

from base64 import b64encode
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.wire import _READERS, read_event

from .world import CONFIG

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
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6)
    ),
    max_leaves=12,
)
MESSAGES = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(_READERS)), MESSAGES), max_size=12))
def test_no_event_raises_whatever_its_fields_are(
    messages: list[tuple[str, dict[str, Any]]],
) -> None:
    """Known types with any fields are read, and the session takes them."""
    core = SessionCore(CONFIG, Behaviour(opening="Hi."))
    for second, (kind, fields) in enumerate(messages):
        event = read_event({**fields, "type": kind})
        if event is not None:
            core.feed(event, float(second))


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
