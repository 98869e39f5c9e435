"""Strict scripts: they insist on every client event."""

from typing import Any

import pytest

from custom_components.realtime_pumpkin.rehearsal import (
    After,
    Close,
    Cut,
    Emit,
    End,
    Expect,
    Output,
    Script,
    ScriptError,
    Send,
)

CREATED = Emit({"type": "session.created", "session": {}})


def types(outputs: list[Output]) -> list[str]:
    """Return the types of the events among outputs."""
    return [output.event["type"] for output in outputs if isinstance(output, Send)]


def test_a_script_emits_until_it_expects_something() -> None:
    """Open plays the beginning, an expected event what follows it."""
    script = Script(
        [CREATED, Expect("session.update"), Emit({"type": "session.updated"})]
    )
    assert types(script.open(0)) == ["session.created"]
    assert types(script.feed({"type": "session.update"}, 0)) == ["session.updated"]
    script.assert_finished()


def test_an_unexpected_event_raises_and_is_remembered() -> None:
    """At once, and once more at the end, where a shell swallowed it."""
    script = Script([Expect("session.update")])
    script.open(0)
    with pytest.raises(ScriptError, match=r"response\.create"):
        script.feed({"type": "response.create"}, 0)
    with pytest.raises(ScriptError, match=r"response\.create"):
        script.assert_finished()


def test_steps_that_never_happened_raise() -> None:
    """A client that does too little is found out."""
    script = Script([CREATED, Expect("session.update")])
    script.open(0)
    with pytest.raises(ScriptError, match="Never happened"):
        script.assert_finished()


def test_events_after_the_end_are_unexpected() -> None:
    """A client that does too much is found out too."""
    script = Script([CREATED])
    script.open(0)
    with pytest.raises(ScriptError, match="nothing is expected"):
        script.feed({"type": "session.update"}, 0)


def test_the_content_of_an_event_can_be_expected() -> None:
    """Object by object, other keys may be there."""
    step = Expect("response.create", {"response": {"tool_choice": "none"}})
    event: dict[str, Any] = {
        "type": "response.create",
        "response": {"tool_choice": "none", "metadata": {}},
    }
    Script([step]).feed(event, 0)
    with pytest.raises(ScriptError):
        Script([step]).feed({"type": "response.create", "response": {}}, 0)


def test_later_steps_know_what_the_client_sent() -> None:
    """Ids of the client's can be answered."""
    script = Script(
        [
            Expect("response.cancel", remember={"which": "response_id"}),
            Emit(
                lambda facts: {
                    "type": "response.done",
                    "response": {"id": facts["which"]},
                }
            ),
        ]
    )
    outputs = script.feed({"type": "response.cancel", "response_id": "resp_1"}, 0)
    assert isinstance(outputs[0], Send)
    assert outputs[0].event["response"]["id"] == "resp_1"
    assert outputs[0].event["event_id"].startswith("event_")


def test_the_microphone_may_go_on_at_any_time() -> None:
    """Appends are ignored unless a script wants them."""
    append = {"type": "input_audio_buffer.append", "audio": ""}
    script = Script([Expect("session.update")])
    assert script.feed(append, 0) == []
    strict = Script([Expect("session.update")], ignore=frozenset())
    with pytest.raises(ScriptError):
        strict.feed(append, 0)


def test_time_passes_between_steps() -> None:
    """And an event that comes too early is unexpected."""
    script = Script([After(2.0), CREATED, End(1011, "oops")])
    assert script.open(10.0) == []
    assert script.next_wake == 12.0
    with pytest.raises(ScriptError):
        script.feed({"type": "session.update"}, 11.0)
    outputs = script.wake(12.0)
    assert types(outputs) == ["session.created"]
    assert outputs[-1] == Close(1011, "oops")


def test_a_script_may_drop_the_connection() -> None:
    """Without a code there is no closing handshake."""
    assert Script([End(None)]).open(0) == [Cut()]


def test_the_journal_keeps_both_sides() -> None:
    """In order, for assertions."""
    script = Script([CREATED, Expect("session.update")])
    script.open(0)
    script.feed({"type": "session.update", "session": {}}, 0)
    assert [(e.sent, e.type) for e in script.journal] == [
        (True, "session.created"),
        (False, "session.update"),
    ]
