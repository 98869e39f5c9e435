"""The one gate for `response.create`."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.realtime_pumpkin.realtime.actions import Send
from custom_components.realtime_pumpkin.realtime.events import ServerError
from custom_components.realtime_pumpkin.realtime.gate import (
    ALREADY_ACTIVE,
    ResponseGate,
)


def _sent(actions: Iterator[Send]) -> list[dict[str, Any]]:
    """Return the client events of some actions."""
    return [action.event for action in actions]


def _refusal(event_id: str | None, code: str = ALREADY_ACTIVE) -> ServerError:
    """Return a refusal of one of our events."""
    return ServerError("invalid_request_error", code, "No.", event_id)


def test_a_request_passes_a_free_gate_at_once() -> None:
    """It carries an id of ours, by which a refusal is known."""
    [event] = _sent(ResponseGate().request())
    assert event == {"type": "response.create", "event_id": "create_1"}


def test_requests_that_wait_become_one() -> None:
    """Their parameters are merged, the last one wins."""
    gate = ResponseGate()
    _sent(gate.request())
    gate.created("r1")
    assert _sent(gate.request(tool_choice="none")) == []
    assert _sent(gate.request(max_output_tokens=9)) == []
    [event] = _sent(gate.done("r1"))
    assert event["response"] == {"tool_choice": "none", "max_output_tokens": 9}


def test_a_refused_request_is_tried_again_after_the_other_response() -> None:
    """The service was busy with one that it had made by itself."""
    gate = ResponseGate()
    _sent(gate.request())
    assert gate.refused(_refusal("create_1"))
    [event] = _sent(gate.done("whichever"))
    assert event["event_id"] == "create_2"


def test_a_request_refused_for_another_reason_is_not_repeated() -> None:
    """It would be refused again."""
    gate = ResponseGate()
    _sent(gate.request())
    assert gate.refused(_refusal("create_1", "invalid_value"))
    assert not gate.is_busy


def test_the_refusal_of_another_event_does_not_open_the_gate() -> None:
    """Errors are matched by our own `event_id`."""
    gate = ResponseGate()
    _sent(gate.request())
    assert not gate.refused(_refusal("configure"))
    assert not gate.refused(_refusal(None))
    assert gate.is_requested


def test_a_held_gate_lets_nothing_through_until_it_is_released() -> None:
    """Somebody speaks."""
    gate = ResponseGate()
    gate.hold()
    assert _sent(gate.request()) == []
    assert len(_sent(gate.release())) == 1


def test_what_is_dropped_is_unwanted_when_it_comes() -> None:
    """Its response has begun before the service could know."""
    gate = ResponseGate()
    _sent(gate.request())
    gate.drop()
    assert not gate.created("r1")
    assert gate.active == "r1"


def test_a_bare_request_is_answered_by_a_response_of_the_servers_own() -> None:
    """Servers that answer by themselves have read what we sent."""
    gate = ResponseGate()
    gate.hold()
    _sent(gate.request())
    assert gate.created("r1")
    assert _sent(gate.done("r1")) == []


def test_a_reset_gate_forgets_everything() -> None:
    """The socket is gone."""
    gate = ResponseGate()
    _sent(gate.request())
    gate.created("r1")
    _sent(gate.request())
    gate.reset()
    assert not gate.is_busy
    assert len(_sent(gate.request())) == 1


STEPS = st.sampled_from(
    [
        "request",
        "hold",
        "release",
        "drop",
        "created",
        "done",
        "refused",
        "repeat",
        "reset",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_there_are_never_two_requests_at_once(steps: list[str]) -> None:
    """Whatever happens in whatever order."""
    gate = ResponseGate()
    last_id: str | None = None
    for number, step in enumerate(steps):
        was_busy = gate.active or gate.is_requested
        sent = _take(gate, step, number, last_id)
        assert len(sent) <= 1
        if step == "request" and was_busy:
            assert sent == []
        last_id = sent[0]["event_id"] if sent else last_id
        assert not (gate.active and gate.is_requested)


def _take(
    gate: ResponseGate, step: str, number: int, last_id: str | None
) -> list[dict[str, Any]]:
    """Take one step; return what was sent."""
    match step:
        case "request":
            return _sent(gate.request())
        case "release":
            return _sent(gate.release())
        case "repeat":
            return _sent(gate.repeat())
        case "done":
            return _sent(gate.done(gate.active or "none"))
        case "created":
            gate.created(f"r{number}")
        case "refused":
            gate.refused(_refusal(last_id))
        case _:
            getattr(gate, step)()
    return []
