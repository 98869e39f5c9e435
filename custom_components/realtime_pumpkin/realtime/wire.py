"""Read the service's JSON events: unknown ones are ignored, gaps tolerated.

Names and fields are those of the GA Realtime API (openai 3.10
`openai.types.realtime`); servers that still say `text` and `audio` for parts
are understood as well.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from .events import (
    AssistantTranscript,
    AssistantTranscriptDelta,
    AudioDelta,
    FunctionCall,
    ItemFinished,
    ResponseCreated,
    ResponseDone,
    ServerError,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    UserTranscript,
    UserTranscriptFailed,
)

type Fields = Mapping[str, Any]

LARGEST_NUMBER: Final = 2**53 - 1
"""Beyond it JSON's numbers are whole no more, and some cannot be written at all."""

LONGEST_TEXT: Final = 32_000
"""Characters: more than a model says in its longest answer."""


def read_event(message: Fields) -> ServerEvent | None:
    """Return the typed event, or None where it is unknown or unreadable."""
    kind = message.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    return reader(message) if reader else None


def _text(fields: Fields, name: str) -> str:
    """Return a text field, empty where it is missing or no text, cut where too long."""
    value = fields.get(name)
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def _text_or_none(fields: Fields, name: str) -> str | None:
    """Return a text field, None where it is missing, empty or no text."""
    return _text(fields, name) or None


def _number(fields: Fields, name: str) -> int:
    """Return a whole number that JSON can hold, 0 where it is missing or none."""
    value = fields.get(name)
    if not isinstance(value, int | float) or not isfinite(value):
        return 0
    return int(max(-LARGEST_NUMBER, min(value, LARGEST_NUMBER)))


def _object(fields: Fields, name: str) -> Fields:
    """Return an object field, empty where it is missing or no object."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _session_created(message: Fields) -> SessionCreated:
    """Read `session.created`."""
    session = _object(message, "session")
    return SessionCreated(_text(session, "id"), _number(session, "expires_at") or None)


def _session_updated(_message: Fields) -> SessionUpdated:
    """Read `session.updated`."""
    return SessionUpdated()


def _speech_started(message: Fields) -> SpeechStarted:
    """Read `input_audio_buffer.speech_started`."""
    return SpeechStarted(_text(message, "item_id"), _number(message, "audio_start_ms"))


def _speech_stopped(message: Fields) -> SpeechStopped:
    """Read `input_audio_buffer.speech_stopped`."""
    return SpeechStopped(_text(message, "item_id"), _number(message, "audio_end_ms"))


def _committed(message: Fields) -> SpeechCommitted:
    """Read `input_audio_buffer.committed`."""
    return SpeechCommitted(_text(message, "item_id"))


def _user_transcript(message: Fields) -> UserTranscript:
    """Read `conversation.item.input_audio_transcription.completed`."""
    return UserTranscript(
        _text(message, "item_id"), _text(message, "transcript").strip()
    )


def _user_transcript_failed(message: Fields) -> UserTranscriptFailed:
    """Read `conversation.item.input_audio_transcription.failed`."""
    error = _object(message, "error")
    return UserTranscriptFailed(
        item_id=_text(message, "item_id"),
        code=_text_or_none(error, "code"),
        message=_text(error, "message") or "No words were made of what was heard",
    )


def _response_created(message: Fields) -> ResponseCreated:
    """Read `response.created`."""
    return ResponseCreated(_text(_object(message, "response"), "id"))


def _audio_delta(message: Fields) -> AudioDelta | None:
    """Read `response.output_audio.delta`; None where it is broken or nobody's."""
    response_id = _text(message, "response_id")
    try:
        pcm = b64decode(message["delta"], validate=True)
    except KeyError, TypeError, ValueError:
        return None
    if not response_id or not pcm or len(pcm) % 2:
        return None
    return AudioDelta(
        response_id,
        _text(message, "item_id"),
        _number(message, "content_index"),
        pcm,
    )


def _assistant_delta(message: Fields) -> AssistantTranscriptDelta:
    """Read `response.output_audio_transcript.delta`."""
    return AssistantTranscriptDelta(
        _text(message, "response_id"),
        _text(message, "item_id"),
        _text(message, "delta"),
    )


def _assistant_transcript(message: Fields) -> AssistantTranscript:
    """Read `response.output_audio_transcript.done`."""
    return AssistantTranscript(
        _text(message, "response_id"),
        _text(message, "item_id"),
        _text(message, "transcript").strip(),
    )


def _item_done(message: Fields) -> ItemFinished | None:
    """Read `response.output_item.done`; None where there is no item."""
    item = _object(message, "item")
    if not item:
        return None
    kind = _text(item, "type")
    return ItemFinished(
        response_id=_text(message, "response_id"),
        item_id=_text(item, "id"),
        kind=kind,
        status=_text(item, "status") or "completed",
        call=_function_call(item) if kind == "function_call" else None,
    )


def _function_call(item: Fields) -> FunctionCall | None:
    """Read a function call; None where nobody could answer it."""
    call_id, name = _text(item, "call_id"), _text(item, "name")
    if not call_id or not name:
        return None
    return FunctionCall(call_id, name, _text(item, "arguments"))


def _response_done(message: Fields) -> ResponseDone:
    """Read `response.done`; usage may be missing or null."""
    response = _object(message, "response")
    error = _object(_object(response, "status_details"), "error")
    return ResponseDone(
        response_id=_text(response, "id"),
        status=_text(response, "status") or "completed",
        error_code=_text_or_none(error, "code"),
        error_type=_text_or_none(error, "type"),
        error_message=_text_or_none(error, "message"),
        usage=dict(_object(response, "usage")),
    )


def _error(message: Fields) -> ServerError:
    """Read `error`."""
    error = _object(message, "error")
    return ServerError(
        error_type=_text(error, "type"),
        code=_text_or_none(error, "code"),
        message=_text(error, "message"),
        event_id=_text_or_none(error, "event_id"),
    )


_READERS: dict[str, Callable[[Fields], ServerEvent | None]] = {
    "session.created": _session_created,
    "session.updated": _session_updated,
    "input_audio_buffer.speech_started": _speech_started,
    "input_audio_buffer.speech_stopped": _speech_stopped,
    "input_audio_buffer.committed": _committed,
    "conversation.item.input_audio_transcription.completed": _user_transcript,
    "conversation.item.input_audio_transcription.failed": _user_transcript_failed,
    "response.created": _response_created,
    "response.output_audio.delta": _audio_delta,
    "response.output_audio_transcript.delta": _assistant_delta,
    "response.output_audio_transcript.done": _assistant_transcript,
    "response.output_item.done": _item_done,
    "response.done": _response_done,
    "error": _error,
}
