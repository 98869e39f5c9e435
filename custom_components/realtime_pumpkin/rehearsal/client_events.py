"""Client events: which there are and what they must hold."""

from typing import Any

import orjson

from .errors import binary_frame, missing_parameter, not_json, unknown_event
from .new_items import NEW_ITEM
from .outputs import JsonObject
from .responses import OVERRIDES
from .schema import Check, any_object, bounded_text, fields, integer, nullable, text

_COMMON: dict[str, Check] = {"type": text, "event_id": nullable(bounded_text(512))}


def _event(
    required: dict[str, Check], optional: dict[str, Check] | None = None
) -> Check:
    """Check one type of event."""
    return fields(_COMMON | required | (optional or {}), tuple(required))


_EVENTS: dict[str, Check] = {
    "session.update": _event({"session": any_object}),
    "input_audio_buffer.append": _event({"audio": text}),
    "input_audio_buffer.commit": _event({}),
    "input_audio_buffer.clear": _event({}),
    "conversation.item.create": _event(
        {"item": NEW_ITEM}, {"previous_item_id": nullable(text)}
    ),
    "conversation.item.retrieve": _event({"item_id": text}),
    "conversation.item.delete": _event({"item_id": text}),
    "conversation.item.truncate": _event(
        {
            "item_id": text,
            "content_index": integer(0, 0),
            "audio_end_ms": integer(0, 10**9),
        }
    ),
    "response.create": _event({}, {"response": nullable(OVERRIDES)}),
    "response.cancel": _event({}, {"response_id": nullable(text)}),
    "output_audio_buffer.clear": _event({}),
}


def parse_frame(frame: Any) -> JsonObject:
    """Return a frame's JSON object; raises `ApiError` for anything else."""
    if isinstance(frame, bytes):
        raise binary_frame()
    if isinstance(frame, str):
        try:
            frame = orjson.loads(frame)
        except orjson.JSONDecodeError:
            raise not_json() from None
    if not isinstance(frame, dict):
        raise not_json()
    return frame


def event_id_of(event: JsonObject) -> str | None:
    """Return the client's name for an event."""
    event_id = event.get("event_id")
    return event_id if isinstance(event_id, str) else None


def checked(event: JsonObject) -> JsonObject:
    """Return an event as it is kept; raises `ApiError` when it is wrong."""
    if "type" not in event:
        raise missing_parameter("type")
    check = _EVENTS.get(event["type"]) if isinstance(event["type"], str) else None
    if check is None:
        raise unknown_event(event["type"])
    result: JsonObject = check(event, "")
    return result
