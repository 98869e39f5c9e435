"""How what happens in a conversation is told to automations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .const import EventName
from .realtime.errors import ErrorKind
from .realtime.events import (
    AssistantTranscript,
    AssistantTranscriptDelta,
    AudioStarted,
    ConversationUpdate,
    Failed,
    Finished,
    Interrupted,
    ItemFinished,
    Paused,
    Resumed,
    SessionStarted,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
    ToolFinished,
    UserTranscript,
)


@dataclass(frozen=True, slots=True)
class ConversationEvent:
    """One thing that happened, as automations and the event entity see it."""

    name: EventName
    data: Mapping[str, Any] = field(default_factory=dict)


WORDS: Final = frozenset(
    {
        *("arguments", "delta", "jokes", "summaries", "summary", "text"),
        "transcript",
    }
)
"""Where an event says what was said, or what a model made of it."""


def without_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's data without anything that was said."""
    return {name: value for name, value in data.items() if name not in WORDS}


type EventListener = Callable[[ConversationEvent], None]


def event_of(update: ConversationUpdate) -> ConversationEvent | None:
    """Return the event for an update; None where nobody is told of it."""
    name = _NAMES.get(type(update))
    return None if name is None else ConversationEvent(name, _data(update))


_NAMES: Mapping[type, EventName] = {
    SessionStarted: EventName.SESSION_STARTED,
    SpeechStarted: EventName.SPEECH_STARTED,
    SpeechStopped: EventName.SPEECH_STOPPED,
    UserTranscript: EventName.USER_TRANSCRIPT,
    AssistantTranscriptDelta: EventName.ASSISTANT_TRANSCRIPT_DELTA,
    AssistantTranscript: EventName.ASSISTANT_TRANSCRIPT,
    AudioStarted: EventName.AUDIO_STARTED,
    Paused: EventName.PAUSED,
    Interrupted: EventName.INTERRUPTED,
    Resumed: EventName.RESUMED,
    ItemFinished: EventName.ITEM_FINISHED,
    ToolCalled: EventName.TOOL_CALLED,
    ToolFinished: EventName.TOOL_FINISHED,
    Finished: EventName.FINISHED,
    Failed: EventName.ERROR,
}


def _data(update: ConversationUpdate) -> dict[str, Any]:
    """Return what belongs to an update, in JSON's types."""
    match update:
        case SessionStarted(session_id, resumed):
            return {"session_id": session_id, "resumed": resumed}
        case SpeechStarted(item_id, at_ms):
            return {"item_id": item_id, "audio_start_ms": at_ms}
        case SpeechStopped(item_id, at_ms):
            return {"item_id": item_id, "audio_end_ms": at_ms}
        case UserTranscript(item_id, text):
            return {"item_id": item_id, "text": text}
        case AssistantTranscriptDelta(_, item_id, text):
            return {"item_id": item_id, "delta": text}
        case AssistantTranscript(_, item_id, text):
            return {"item_id": item_id, "text": text}
        case _:
            return _data_of_answer(update)


def _data_of_answer(update: ConversationUpdate) -> dict[str, Any]:
    """Return what belongs to the sound, the items and the end of an answer."""
    match update:
        case AudioStarted(response_id):
            return {"response_id": response_id}
        case Paused(response_id, heard_ms) | Interrupted(response_id, heard_ms):
            return {"response_id": response_id, "heard_ms": heard_ms}
        case Resumed(response_id, rest_ms):
            return {"response_id": response_id, "rest_ms": rest_ms}
        case ItemFinished(_, item_id, kind, status):
            return {"item_id": item_id, "type": kind, "status": status}
        case ToolCalled(call_id, name, arguments):
            return {"call_id": call_id, "name": name, "arguments": arguments}
        case ToolFinished(call_id, name, outcome, actions, reason):
            came = {"outcome": outcome, "actions": actions, "reason": reason}
            return {"call_id": call_id, "name": name, **came}
        case Finished(reason, summary):
            return {"reason": reason, "summary": summary}
        case Failed(kind, code, message, fatal):
            return error_data(ErrorKind(kind).translation_key, code, message, fatal)
        case _:
            return {}


def error_data(
    kind: str, code: str | None, message: str, is_fatal: bool
) -> dict[str, Any]:
    """Return what an `error` event says, whatever failed.

    `kind` is the name of a text below `exceptions` in the translations, such as
    `account_quota` or `satellite_lost`; `code` is the service's own.
    """
    return {"kind": kind, "code": code, "message": message, "fatal": is_fatal}
