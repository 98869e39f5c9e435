"""How soon a browser's Assist dialog hears the answer to what was said."""

from statistics import median
from typing import Any

import pytest

from .conftest import Play
from .turns import TURNS

MOST_S = 0.4


@pytest.fixture(scope="module")
def taken(play: Play) -> list[dict[str, Any]]:
    """Take some turns."""
    turns: list[dict[str, Any]] = play("turns").facts["turns"]
    return turns


def test_every_turn_is_answered_with_its_own_sound(taken: list[dict[str, Any]]) -> None:
    """The service spoke in each, and the dialog played something."""
    assert len(taken) == TURNS
    assert all(turn["deltas"] and turn["bytes"] > 2000 for turn in taken)


def test_the_answer_is_heard_soon(taken: list[dict[str, Any]]) -> None:
    """From the end of what was said to the first byte, but for the service's time.

    That is from the last sound it heard to its first, without what we took to ask.
    """
    added = [turn["waited"] - turn["server"] for turn in taken]
    assert median(added) < MOST_S, added
