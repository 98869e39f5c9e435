"""Items as clients write them: validation and reading."""

from collections.abc import Mapping
from typing import Any

from .items import Item, Part
from .outputs import JsonObject
from .pictures import image_url
from .schema import (
    Check,
    anything,
    array,
    boolean,
    by_key,
    fields,
    literal,
    nullable,
    read_base64,
    text,
)
from .sound import Decoder

_TEXT_PART = fields({"type": text, "text": text}, ("text",))
_USER_PARTS = {
    "input_text": _TEXT_PART,
    "input_audio": fields(
        {"type": text, "audio": text, "transcript": nullable(text)}, ("audio",)
    ),
    "input_image": fields(
        {
            "type": text,
            "image_url": image_url,
            "detail": literal("auto", "low", "high"),
        },
        ("image_url",),
    ),
}
# "text" is how clients of the beta named the assistant's words.
_ASSISTANT_PARTS = {"output_text": _TEXT_PART, "text": _TEXT_PART}
_COMMON: dict[str, Check] = {
    "id": nullable(text),
    "type": text,
    "object": literal("realtime.item"),
    "status": literal("completed", "incomplete", "in_progress"),
}


def _message(parts: Mapping[str, Check]) -> Check:
    """Check a message whose content holds certain parts."""
    return fields(
        _COMMON
        | {"role": text, "phase": anything, "content": array(by_key("type", parts))},
        ("content",),
    )


_MESSAGE = by_key(
    "role",
    {
        "system": _message({"input_text": _TEXT_PART}),
        "user": _message(_USER_PARTS),
        "assistant": _message(_ASSISTANT_PARTS),
    },
)
_TYPES: dict[str, Check] = {
    "message": _MESSAGE,
    "function_call": fields(
        _COMMON | {"name": text, "arguments": text, "call_id": text},
        ("name", "arguments"),
    ),
    "function_call_output": fields(
        _COMMON | {"call_id": text, "output": text}, ("call_id", "output")
    ),
    "mcp_approval_response": fields(
        _COMMON
        | {"approval_request_id": text, "approve": boolean, "reason": nullable(text)},
        ("approval_request_id", "approve"),
    ),
}
NEW_ITEM = by_key("type", _TYPES)
RESPONSE_INPUT = array(
    by_key(
        "type", _TYPES | {"item_reference": fields({"type": text, "id": text}, ("id",))}
    )
)


def read_item(
    given: JsonObject, item_id: str, audio_format: Mapping[str, Any], path: str = "item"
) -> Item:
    """Build an item from checked JSON; audio comes in the session's input format.

    Raises `ApiError` when audio is not base64.
    """
    if given["type"] != "message":
        extra = {k: v for k, v in given.items() if k not in _COMMON}
        return Item(item_id, given["type"], extra=extra)
    parts = [
        _read_part(part, audio_format, f"{path}.content[{index}]")
        for index, part in enumerate(given["content"])
    ]
    return Item(item_id, "message", role=given["role"], parts=parts)


def _read_part(given: JsonObject, audio_format: Mapping[str, Any], path: str) -> Part:
    """Build one part of a message."""
    match given["type"]:
        case "input_audio":
            part = Part("input_audio", transcript=given.get("transcript"))
            audio = read_base64(given["audio"], f"{path}.audio", of="audio")
            part.grow(Decoder(audio_format).decode(audio))
            return part
        case "input_image":
            image = {key: given[key] for key in given if key != "type"}
            return Part("input_image", image=image)
        case "input_text":
            return Part("input_text", text=given["text"])
        case _:
            return Part("output_text", text=given["text"])
