"""A pumpkin whose microphone hears its speaker does not talk to itself."""

from typing import Any

import pytest

from .conftest import Play, Scenario


@pytest.fixture(scope="module", params=["satellite", "mpd"])
def content(request: pytest.FixtureRequest, play: Play) -> dict[str, Any]:
    """Return the report of a visit with an echo of -20 dB."""
    return play(f"echo-{request.param}").report("visit")


def test_every_check_of_the_visit_holds(content: dict[str, Any]) -> None:
    """It says what it says without an echo, and is not interrupted by itself."""
    assert [check for check in content["checks"] if not check["ok"]] == []


def test_only_the_visitor_is_heard_and_answered(content: dict[str, Any]) -> None:
    """As many turns as the visitor has lines, and a greeting: no self-answer."""
    heard = content["events"]["speech_started"]
    answers = content["events"]["assistant_transcript"]
    assert (heard, answers) == (2, 3)


def test_without_its_gate_it_interrupts_itself(play: Play) -> None:
    """The same echo at the same ears: so the other checks can fail."""
    alone = play("echo-defenceless").report("visit")
    heard = alone["events"].get("speech_started", 0)
    assert alone["events"].get("interrupted", 0) + max(0, heard - 2) > 0


@pytest.fixture(scope="module", params=["satellite", "mpd"])
def cancelled(request: pytest.FixtureRequest, play: Play) -> Scenario:
    """Return a visit where 30 dB of the echo are cancelled, found by a check."""
    return play(f"cancelled-{request.param}")


def test_the_check_lets_visitors_interrupt(cancelled: Scenario) -> None:
    """Interruption is left to what is found: the link itself promises nothing."""
    assert cancelled.facts["found"]["echo_cancelled"] is True


def test_a_second_voice_interrupts_where_the_echo_is_cancelled(
    cancelled: Scenario,
) -> None:
    """The child's words, into the pumpkin's: once, and all three are answered."""
    content = cancelled.report("visit")
    assert (content["interruptions"], content["tool_calls"]) == (1, 1)
    assert content["events"]["user_transcript"] == 3
    assert content["events"]["conversation_ended"] == 1
