"""The error catalogue of the Realtime API."""

from dataclasses import dataclass
from typing import Any


class ApiError(Exception):
    """One `error` event that leaves the connection open."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        """Keep what the `error` event says."""
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind

    def wire(self, event_id: str | None) -> dict[str, Any]:
        """Return the `error` object of the event."""
        return {
            "type": self.kind,
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": event_id,
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error after which the server closes with a code and a reason."""

    error: ApiError
    close_code: int

    @property
    def reason(self) -> str:
        """Return the close reason, such as `invalid_request_error.invalid_model`."""
        return f"{self.error.kind}.{self.error.code}"


def unknown_parameter(path: str) -> ApiError:
    """Say that a key does not exist."""
    return ApiError(
        f"Unknown parameter: '{path}'.", code="unknown_parameter", param=path
    )


def missing_parameter(path: str) -> ApiError:
    """Say that a required key is absent."""
    return ApiError(
        f"Missing required parameter: '{path}'.",
        code="missing_required_parameter",
        param=path,
    )


def invalid_type(path: str, expected: str, value: object) -> ApiError:
    """Say that a value is of the wrong JSON type."""
    return ApiError(
        f"Invalid type for '{path}': expected {expected}, but got"
        f" {json_type(value)} instead.",
        code="invalid_type",
        param=path,
    )


def invalid_value(path: str, message: str) -> ApiError:
    """Say that a value is not among the allowed ones."""
    return ApiError(message, code="invalid_value", param=path)


def json_type(value: object) -> str:
    """Name the JSON type of a value, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def unknown_event(name: object) -> ApiError:
    """Say that a client event does not exist."""
    return invalid_value("type", f"Invalid value: '{name}'.")


def not_json() -> ApiError:
    """Say that a frame is not a JSON object."""
    return ApiError(
        "We could not parse the JSON body of your request.", code="invalid_json"
    )


def binary_frame() -> ApiError:
    """Say that binary frames are not part of the protocol."""
    return ApiError(
        "Binary frames are not supported: send JSON text frames.", code="invalid_event"
    )


def already_active(response_id: str) -> ApiError:
    """Say that the conversation is being answered already."""
    return ApiError(
        "Conversation already has an active response in progress:"
        f" {response_id}. Wait until the response is finished before creating a"
        " new one.",
        code="conversation_already_has_active_response",
    )


def nothing_to_cancel() -> ApiError:
    """Say that no response is there to cancel."""
    return ApiError(
        "Cancellation failed: no active response found",
        code="response_cancel_not_active",
    )


def buffer_too_small(milliseconds: float) -> ApiError:
    """Say that less than 100 ms of audio wait in the buffer."""
    return ApiError(
        "Error committing input audio buffer: buffer too small. Expected at least"
        f" 100ms of audio, but buffer only has {milliseconds:.2f}ms of audio.",
        code="input_audio_buffer_commit_empty",
    )


def no_such_item(doing: str, verb: str, item_id: str) -> ApiError:
    """Say that an item does not exist, for example when deleting (delete)."""
    return ApiError(
        f"Error {doing} item: the item with id '{item_id}' does not exist.",
        code=f"item_{verb}_invalid_item_id",
        param="item_id",
    )


def not_truncatable() -> ApiError:
    """Say that an item has no model audio to truncate."""
    return ApiError(
        "Only model output audio messages can be truncated",
        code="unsupported_content_type",
    )


def already_shorter(have_ms: int, asked_ms: int) -> ApiError:
    """Say that an item ends before the truncation point."""
    return ApiError(
        f"Audio content of {have_ms}ms is already shorter than {asked_ms}ms"
    )


def voice_locked() -> ApiError:
    """Say that the voice cannot change any more."""
    return ApiError(
        "Cannot update a conversation's voice if assistant audio is present.",
        code="cannot_update_voice",
        param="session.audio.output.voice",
    )


def unknown_call(call_id: str) -> ApiError:
    """Say that a function output answers no call."""
    return ApiError(
        f"Tool call ID '{call_id}' not found in conversation.",
        code="invalid_tool_call_id",
        param="item.call_id",
    )


def duplicate_item(item_id: str) -> ApiError:
    """Say that an item with this id exists."""
    return ApiError(
        f"Error adding item: an item with id '{item_id}' already exists.",
        code="item_create_duplicate_item_id",
        param="item.id",
    )


def invalid_api_key() -> Refusal:
    """Refuse a key, as the real service does after the upgrade."""
    error = ApiError("Incorrect API key provided.", code="invalid_api_key")
    return Refusal(error, 3000)


def missing_model() -> Refusal:
    """Refuse a connection that names no model."""
    return Refusal(
        ApiError("You must provide a model parameter.", code="missing_model"), 4000
    )


def invalid_model(model: str) -> Refusal:
    """Refuse a model that cannot hold realtime conversations."""
    error = ApiError(
        f'Model "{model}" is not supported in realtime mode.', code="invalid_model"
    )
    return Refusal(error, 4000)


def beta_disabled() -> Refusal:
    """Refuse a client of the beta protocol."""
    error = ApiError(
        "The Realtime Beta API is no longer supported. Please use the GA API.",
        code="beta_api_shape_disabled",
    )
    return Refusal(error, 4000)


def session_expired(seconds: float) -> Refusal:
    """End a session that ran as long as it may."""
    error = ApiError(
        f"Your session hit the maximum duration of {seconds / 60:g} minutes.",
        code="session_expired",
    )
    return Refusal(error, 1001)
