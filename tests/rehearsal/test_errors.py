"""Everything that is wrong on a connection, and how it ends."""

from typing import Any

import pytest

from custom_components.realtime_pumpkin.rehearsal import Close, ServerOptions

from .talk import MODEL, Talk, errors


@pytest.mark.parametrize("frame", ["", "{", "[]", '"text"', "12", "null", "\x00"])
def test_what_is_no_json_object_is_an_error_and_the_session_goes_on(frame: str) -> None:
    """`invalid_json`, and the next event is answered."""
    talk = Talk()
    assert errors(talk.feed(frame)) == [("invalid_json", None)]
    assert talk.update()[0]["type"] == "session.updated"


def test_a_binary_frame_is_an_error() -> None:
    """`invalid_event`."""
    assert errors(Talk().feed(b"{}")) == [("invalid_event", None)]


def test_an_event_without_type_misses_it() -> None:
    """`missing_required_parameter` names `type`."""
    assert errors(Talk().feed({})) == [("missing_required_parameter", "type")]


@pytest.mark.parametrize("name", ["", "response.make", "session.created", 3, None])
def test_an_unknown_type_is_an_invalid_value(name: object) -> None:
    """Also the server's own events, and what is no text at all."""
    talk = Talk()
    events = talk.feed({"type": name, "event_id": "mine"})
    assert errors(events) == [("invalid_value", "type")]
    assert events[0]["error"]["event_id"] == "mine"


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (
            {"type": "input_audio_buffer.append"},
            ("missing_required_parameter", "audio"),
        ),
        ({"type": "input_audio_buffer.append", "audio": 1}, ("invalid_type", "audio")),
        (
            {"type": "input_audio_buffer.append", "audio": "?"},
            ("invalid_value", "audio"),
        ),
        ({"type": "input_audio_buffer.commit", "x": 1}, ("unknown_parameter", "x")),
        (
            {"type": "conversation.item.truncate", "item_id": "a", "content_index": 0},
            ("missing_required_parameter", "audio_end_ms"),
        ),
        ({"type": "response.create", "response": 1}, ("invalid_type", "response")),
        (
            {"type": "response.create", "response": {"voice": "echo"}},
            ("unknown_parameter", "response.voice"),
        ),
        (
            {"type": "response.create", "response": {"conversation": "side"}},
            ("invalid_value", "response.conversation"),
        ),
        (
            {"type": "response.create", "response": {"metadata": {"a": 1}}},
            ("invalid_type", "response.metadata.a"),
        ),
        ({"type": "output_audio_buffer.clear"}, ("invalid_value", "type")),
    ],
)
def test_a_wrong_event_is_refused_with_its_place(
    event: dict[str, object], error: tuple[str, str]
) -> None:
    """Code and dotted path."""
    assert errors(Talk().feed(event)) == [error]


def test_too_much_audio_at_once_is_refused() -> None:
    """15 MiB is the most."""
    talk = Talk()
    events = talk.send("input_audio_buffer.append", audio="A" * (15 * 1024 * 1024 + 4))
    assert errors(events) == [("invalid_value", "audio")]


def test_errors_may_forget_the_clients_event_id() -> None:
    """Some captures show null: by option."""
    talk = Talk(options=ServerOptions(echo_event_id=False))
    events = talk.feed({"type": "x", "event_id": "mine"})
    assert events[0]["error"]["event_id"] is None


def test_an_event_id_that_is_no_text_is_not_echoed() -> None:
    """It is an error of its own."""
    events = Talk().feed({"type": "response.create", "event_id": 7})
    assert errors(events) == [("invalid_type", "event_id")]
    assert events[0]["error"]["event_id"] is None


@pytest.mark.parametrize(
    ("connection", "options", "code", "close"),
    [
        ({"key": "wrong"}, ServerOptions(key="right"), "invalid_api_key", 3000),
        ({"key": None}, ServerOptions(key="right"), "invalid_api_key", 3000),
        ({"model": None}, ServerOptions(), "missing_model", 4000),
        (
            {"model": "gpt-4"},
            ServerOptions(models=frozenset({MODEL})),
            "invalid_model",
            4000,
        ),
        ({"beta": True}, ServerOptions(), "beta_api_shape_disabled", 4000),
    ],
)
def test_a_refused_connection_says_why_and_closes(
    connection: dict[str, Any], options: ServerOptions, code: str, close: int
) -> None:
    """An error first, then the close with its reason; then silence."""
    talk = Talk(options=options, **connection)
    assert talk.types() == ["error"]
    assert errors(talk.events()) == [(code, None)]
    assert talk.endings() == [Close(close, f"invalid_request_error.{code}")]
    assert talk.update() == []
    assert talk.session.next_wake is None


def test_a_session_expires() -> None:
    """An error, then 1001."""
    talk = Talk(options=ServerOptions(max_session_s=3600))
    talk.pass_time(3599)
    assert talk.types() == ["session.created"]
    talk.pass_time(1)
    assert errors(talk.events()) == [("session_expired", None)]
    assert "60 minutes" in talk.last("error")["error"]["message"]
    ending = talk.endings()[0]
    assert isinstance(ending, Close)
    assert ending.code == 1001
