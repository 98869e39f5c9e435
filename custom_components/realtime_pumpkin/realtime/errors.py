"""Why a Realtime server refuses, fails or goes away, as one small vocabulary."""

from collections.abc import Mapping
from enum import StrEnum
import re
import ssl
from typing import Any, Final

import orjson
from websockets.exceptions import (
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    ProxyError,
    WebSocketException,
)


class ErrorKind(StrEnum):
    """What went wrong, as far as a person or a retry cares.

    Each kind but `BENIGN` has a text `account_<kind>` below `exceptions` in the
    translations.
    """

    AUTH = "auth"
    """The key is refused."""

    QUOTA = "quota"
    """The account has no credit left or reached its limit."""

    MODEL = "model"
    """The server does not know the model, or the key may not use it."""

    UNREACHABLE = "unreachable"
    """Nothing answers at the address: name, network, refusal or time-out."""

    WRONG_URL = "wrong_url"
    """Something answers, but it is no Realtime server."""

    TLS = "tls"
    """No secure connection: certificate or protocol."""

    RATE_LIMIT = "rate_limit"
    """Too much at once; later it works again."""

    EXPIRED = "expired"
    """The session reached its longest duration."""

    LOST = "lost"
    """The socket ended without a word that explains it."""

    SERVER = "server"
    """The server failed by its own fault."""

    PROTOCOL = "protocol"
    """The server did not like what we sent; the session goes on."""

    BENIGN = "benign"
    """A harmless race, such as a cancel that came too late."""

    @property
    def translation_key(self) -> str:
        """Return the name of the text for people."""
        return f"account_{self}"


class RealtimeError(Exception):
    """A Realtime server cannot be used, or said that something failed.

    `translation_key` names a text below `exceptions` in the translations and
    `placeholders` fill it. No message ever holds the key.
    """

    def __init__(self, kind: ErrorKind, code: str | None, message: str) -> None:
        """Keep what happened, without anything that looks like a key."""
        self.kind = kind
        self.code = code
        # A server that refuses a key likes to quote it, whatever it looks like.
        self.message = REFUSED if kind is ErrorKind.AUTH else redact(message)
        super().__init__(f"{kind}: {self.message}")

    @property
    def translation_key(self) -> str:
        """Return the name of the text for people."""
        return self.kind.translation_key

    @property
    def placeholders(self) -> dict[str, str]:
        """Return what the text for people names."""
        return {"error": self.message}

    @classmethod
    def from_payload(cls, error: Mapping[str, Any]) -> RealtimeError:
        """Read the `error` object of an event or of a failed response."""
        kind = classify_error(error)
        code = _text(error, "code") or _text(error, "type") or None
        return cls(kind, code, _text(error, "message") or code or str(kind))


class ConnectionLost(RealtimeError):
    """The socket ended, whoever ended it and however politely.

    `close_code` is the websocket close code, 1006 where there was none, and
    `message` the reason that came with it.
    """

    def __init__(self, close_code: int, reason: str) -> None:
        """Read what the close code and its reason mean."""
        self.close_code = close_code
        kind = classify_close(close_code, reason)
        super().__init__(kind, str(close_code), reason or f"closed with {close_code}")


CODES: Final[Mapping[str, ErrorKind]] = {
    "account_deactivated": ErrorKind.AUTH,
    "incorrect_api_key": ErrorKind.AUTH,
    "invalid_api_key": ErrorKind.AUTH,
    "invalid_authentication": ErrorKind.AUTH,
    "missing_api_key": ErrorKind.AUTH,
    "unauthorized": ErrorKind.AUTH,
    "billing_hard_limit_reached": ErrorKind.QUOTA,
    "insufficient_quota": ErrorKind.QUOTA,
    "invalid_model": ErrorKind.MODEL,
    "missing_model": ErrorKind.MODEL,
    "model_not_found": ErrorKind.MODEL,
    "inference_rate_limit_exceeded": ErrorKind.RATE_LIMIT,
    "rate_limit_exceeded": ErrorKind.RATE_LIMIT,
    "session_expired": ErrorKind.EXPIRED,
    "internal_error": ErrorKind.SERVER,
    "server_error": ErrorKind.SERVER,
    "conversation_already_has_active_response": ErrorKind.BENIGN,
    "input_audio_buffer_commit_empty": ErrorKind.BENIGN,
    "item_delete_invalid_item_id": ErrorKind.BENIGN,
    "item_truncate_invalid_item_id": ErrorKind.BENIGN,
    "response_cancel_not_active": ErrorKind.BENIGN,
    "unsupported_content_type": ErrorKind.BENIGN,
}
"""What the `code` of an error object means, whatever its `type`."""

TYPES: Final[Mapping[str, ErrorKind]] = {
    "authentication_error": ErrorKind.AUTH,
    "insufficient_quota": ErrorKind.QUOTA,
    "invalid_request_error": ErrorKind.PROTOCOL,
    "permission_error": ErrorKind.AUTH,
    "rate_limit_error": ErrorKind.RATE_LIMIT,
    "rate_limit_exceeded": ErrorKind.RATE_LIMIT,
}
"""What the `type` of an error object means where its `code` says nothing."""

BENIGN_MESSAGES: Final = (
    "is already shorter than",
    "only model output audio messages can be truncated",
)
"""Parts of messages of harmless errors that come without a code."""

CLOSE_CODES: Final[Mapping[int, ErrorKind]] = {
    1002: ErrorKind.PROTOCOL,
    1003: ErrorKind.PROTOCOL,
    1007: ErrorKind.PROTOCOL,
    1008: ErrorKind.PROTOCOL,
    1009: ErrorKind.PROTOCOL,
    1011: ErrorKind.SERVER,
    1012: ErrorKind.SERVER,
    1013: ErrorKind.SERVER,
    1014: ErrorKind.SERVER,
    3000: ErrorKind.AUTH,
    3003: ErrorKind.AUTH,
    4000: ErrorKind.PROTOCOL,
    4004: ErrorKind.MODEL,
}
"""What a close code means where its reason names no code of `CODES`."""

STATUSES: Final[Mapping[int, ErrorKind]] = {
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    407: ErrorKind.UNREACHABLE,
    429: ErrorKind.RATE_LIMIT,
}
"""What a refused upgrade means where its body names no code of `CODES`."""

TERMINAL: Final = frozenset(
    {
        ErrorKind.AUTH,
        ErrorKind.QUOTA,
        ErrorKind.MODEL,
        ErrorKind.WRONG_URL,
        ErrorKind.TLS,
    }
)

REFUSED: Final = "The key was refused"
REDACTED: Final = "**REDACTED**"
_SECRET: Final = re.compile(r"(?i)(\bbearer\s+\S+|\b(?:sk|ek|rk|pk|xai)-\S+)")
_SPOKEN_LIMIT: Final = 300


def is_terminal(kind: ErrorKind) -> bool:
    """Tell whether trying again cannot help before a person did something."""
    return kind in TERMINAL


def redact(text: str) -> str:
    """Cut what looks like a key out of a server's text, and cut it short."""
    return _SECRET.sub(REDACTED, text)[:_SPOKEN_LIMIT]


def classify_error(error: Mapping[str, Any]) -> ErrorKind:
    """Tell what an API error object (`type`, `code`, `message`) means."""
    if kind := CODES.get(_text(error, "code")):
        return kind
    message = _text(error, "message").lower()
    if any(part in message for part in BENIGN_MESSAGES):
        return ErrorKind.BENIGN
    error_type = _text(error, "type")
    return TYPES.get(error_type) or CODES.get(error_type) or ErrorKind.SERVER


def classify_close(code: int, reason: str) -> ErrorKind:
    """Tell what the end of a socket means.

    OpenAI's reasons are the error's type and code, joined by a dot.
    """
    by_reason = CODES.get(reason.rpartition(".")[2].strip())
    return by_reason or CLOSE_CODES.get(code) or ErrorKind.LOST


def classify_exception(exc: Exception) -> ErrorKind:
    """Tell what an exception of the opening handshake means."""
    match exc:
        case RealtimeError():
            return exc.kind
        case InvalidStatus():
            return _classify_refusal(exc)
        case ssl.SSLError():
            return ErrorKind.TLS
        case OSError() | ProxyError():  # gaierror and TimeoutError are OSErrors.
            return ErrorKind.UNREACHABLE
        case InvalidURI() | InvalidHandshake() | ValueError():
            return ErrorKind.WRONG_URL
        case WebSocketException():
            return ErrorKind.PROTOCOL
        case _:
            return ErrorKind.SERVER


def _classify_refusal(exc: InvalidStatus) -> ErrorKind:
    """Tell what an answer other than the upgrade means."""
    status = exc.response.status_code
    error = error_of_body(exc.response.body)
    if kind := CODES.get(_text(error, "code")) or STATUSES.get(status):
        return kind
    return ErrorKind.SERVER if status >= 500 else ErrorKind.WRONG_URL


def error_of_body(body: bytes | bytearray | None) -> Mapping[str, Any]:
    """Return the error object of an HTTP answer, or nothing."""
    try:
        error = orjson.loads(body or b"{}")["error"]
    except orjson.JSONDecodeError, KeyError, TypeError:
        return {}
    return error if isinstance(error, Mapping) else {}


def _text(error: Mapping[str, Any], key: str) -> str:
    """Return a text of an error object; servers also send null and numbers."""
    value = error.get(key)
    return value if isinstance(value, str) else ""
