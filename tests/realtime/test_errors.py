"""Tests of the vocabulary of failures."""

import socket
import ssl

import pytest
from websockets.exceptions import InvalidURI, ProxyError, WebSocketException

from custom_components.realtime_pumpkin.realtime.errors import (
    ErrorKind,
    RealtimeError,
    classify_close,
    classify_error,
    classify_exception,
    is_terminal,
)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "invalid_request_error", "code": "invalid_api_key"}, "auth"),
        ({"type": "authentication_error", "code": None}, "auth"),
        ({"type": "insufficient_quota", "code": None}, "quota"),
        ({"type": "invalid_request_error", "code": "insufficient_quota"}, "quota"),
        ({"type": "invalid_request_error", "code": "model_not_found"}, "model"),
        ({"type": "tokens", "code": "rate_limit_exceeded"}, "rate_limit"),
        ({"type": "invalid_request_error", "code": "session_expired"}, "expired"),
        ({"type": "server_error", "code": None}, "server"),
        ({"type": "invalid_request_error", "code": "invalid_value"}, "protocol"),
        (
            {"type": "invalid_request_error", "code": "response_cancel_not_active"},
            "benign",
        ),
        (
            {
                "type": "invalid_request_error",
                "code": None,
                "message": "Audio content of 13600ms is already shorter than 55960ms",
            },
            "benign",
        ),
        ({}, "server"),
        ({"type": 7, "code": ["odd"], "message": {}}, "server"),
    ],
)
def test_an_api_error_is_classified(error: dict[str, object], kind: str) -> None:
    """The code counts first, then the message, then the type."""
    assert classify_error(error) == kind


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (1000, "", "lost"),
        (1001, "", "lost"),
        (1006, "", "lost"),
        (1011, "", "server"),
        (3000, "", "auth"),
        (4000, "invalid_request_error.beta_api_shape_disabled", "protocol"),
        (4000, "invalid_request_error.invalid_model", "model"),
        (4004, "", "model"),
        (4321, "whatever", "lost"),
    ],
)
def test_the_end_of_a_socket_is_classified(code: int, reason: str, kind: str) -> None:
    """The reason counts first, then the code."""
    assert classify_close(code, reason) == kind


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (socket.gaierror(-2, "Name or service not known"), "unreachable"),
        (ConnectionRefusedError(), "unreachable"),
        (TimeoutError(), "unreachable"),
        (ProxyError("no"), "unreachable"),
        (ssl.SSLCertVerificationError("no"), "tls"),
        (InvalidURI("ftp://x", "no"), "wrong_url"),
        (UnicodeError("label too long"), "wrong_url"),
        (WebSocketException(), "protocol"),
        (RealtimeError(ErrorKind.QUOTA, None, ""), "quota"),
        (RuntimeError(), "server"),
    ],
)
def test_what_an_opening_handshake_raises_is_classified(
    exc: Exception, kind: str
) -> None:
    """Network, security and address are told apart."""
    assert classify_exception(exc) == kind


def test_only_what_a_person_must_mend_is_terminal() -> None:
    """Retries stop where they cannot help."""
    assert {kind for kind in ErrorKind if is_terminal(kind)} == {
        ErrorKind.AUTH,
        ErrorKind.QUOTA,
        ErrorKind.MODEL,
        ErrorKind.WRONG_URL,
        ErrorKind.TLS,
    }


@pytest.mark.parametrize("secret", ["sk-proj-1_2", "Bearer abc.def", "xai-99"])
def test_an_error_never_holds_what_looks_like_a_key(secret: str) -> None:
    """Servers quote keys; we do not."""
    error = RealtimeError.from_payload({"message": f"Wrong key: {secret}"})
    assert error.message == "Wrong key: **REDACTED**"
    assert secret not in str(error)


def test_a_refused_key_of_any_look_is_never_quoted() -> None:
    """A key for a server at home may look like any word."""
    error = RealtimeError.from_payload(
        {"code": "invalid_api_key", "message": "Incorrect API key: swordfish"}
    )
    assert error.message == "The key was refused"


def test_an_error_without_words_is_named_by_its_code() -> None:
    """A message is never empty."""
    error = RealtimeError.from_payload({"code": "invalid_model"})
    assert error.placeholders == {"error": "invalid_model"}
    assert error.translation_key == "account_model"
