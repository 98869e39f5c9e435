"""A pumpkin whose microphone hears its speaker does not talk to itself."""

from typing import Any

import pytest

from .conftest import Play


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
