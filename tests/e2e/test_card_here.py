"""A test conversation from the card, with a voice whose devices are elsewhere."""

from typing import Any

import pytest

from .conftest import Play


@pytest.fixture(scope="module")
def facts(play: Play) -> dict[str, Any]:
    """Return what was found out."""
    return play("card-here").facts


def test_the_tab_is_heard_and_hears(facts: dict[str, Any]) -> None:
    """The browser's microphone and the greeting in its speaker."""
    assert "trick or treat" in facts["heard"].lower()
    assert facts["said"]


def test_nothing_is_heard_at_the_door(facts: dict[str, Any]) -> None:
    """The satellite's own speaker stays silent."""
    assert facts["listened_ms"] > 5000
    assert facts["sound_at_the_door_ms"] < 0


def test_the_voice_is_free_afterwards(facts: dict[str, Any]) -> None:
    """Stopped from the card, idle, and offered again."""
    assert facts["reason"] == "stopped"
    assert facts["state"] == "idle"
    assert facts["offers"]
