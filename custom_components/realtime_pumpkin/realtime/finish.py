"""The tool with which the model ends the conversation, and the goodbye."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

FINISH_TOOL = "finish_conversation"

FINISH_SPEC: dict[str, Any] = {
    "type": "function",
    "name": FINISH_TOOL,
    "description": (
        "End the conversation. Call it together with or right after your "
        "goodbye, when the visitor leaves or when you are done."
    ),
    "parameters": {
        "type": "object",
        "properties": {
            "reason": {
                "type": "string",
                "description": "Why the conversation ends, in a few words.",
            },
            "summary": {
                "type": "string",
                "description": "One sentence on what happened.",
            },
            "mood": {
                "type": "string",
                "description": "The visitor's mood, in one word.",
            },
        },
        "required": ["reason"],
    },
}

GOODBYE = "Say goodbye now, in character, in one short sentence. Ask nothing."
STILL_THERE = (
    "Nobody has answered for a while. Ask once, in character and in one short "
    "sentence, whether somebody is still there."
)


class EndReason(StrEnum):
    """Why a conversation ended."""

    FINISHED = "finished"
    SAID = "said"
    """It was only to say something, and that was heard."""
    STOPPED = "stopped"
    RESTARTED = "restarted"
    IDLE = "idle"
    MAX_DURATION = "max_duration"
    USER_ENDED = "user_ended"
    TAKEN_OVER = "taken_over"
    HANDED_OVER = "handed_over"
    """Another voice of the stage goes on with the visitor."""
    MICROPHONE_LOST = "microphone_lost"
    SPEAKER_LOST = "speaker_lost"
    CONNECTION_LOST = "connection_lost"
    QUOTA = "quota"
    """The account has no credit left or reached its limit."""
    AUTH = "auth"
    """The server does not accept the key any more."""
    MODEL = "model"
    """The server does not serve the model any more."""
    START_FAILED = "start_failed"
    UNLOADED = "unloaded"
    ERROR = "error"


def finish_spec(more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the finish tool with more arguments (JSON schemas by their names)."""
    parameters = FINISH_SPEC["parameters"]
    properties = {**parameters["properties"], **more}
    return {**FINISH_SPEC, "parameters": {**parameters, "properties": properties}}
