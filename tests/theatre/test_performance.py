"""Tests of the acts of one conversation."""

from typing import override
from unittest.mock import Mock

import pytest

from custom_components.realtime_pumpkin.realtime.protocols import ConversationSession
from custom_components.realtime_pumpkin.request import AS_USUAL
from custom_components.realtime_pumpkin.theatre.act import Act, Stage
from custom_components.realtime_pumpkin.theatre.performance import Performance, perform

STAGE = Mock(Stage)
SESSION = Mock(ConversationSession)


class Broken(Act):
    """An act whose device is gone."""

    @override
    async def async_open(self, session: ConversationSession) -> None:
        """Fail."""
        raise RuntimeError("no light")

    @override
    async def async_close(self) -> None:
        """Fail as well."""
        raise RuntimeError("no light")


class Playing(Act):
    """An act that remembers what it was asked for."""

    def __init__(self, stage: Stage) -> None:
        """Have done nothing."""
        super().__init__(stage)
        self.done: list[str] = []

    @property
    @override
    def context(self) -> tuple[str, ...]:
        """Return a line."""
        return ("It is raining.",)

    @property
    @override
    def instructions(self) -> str:
        """Return a rule."""
        return "You can make thunder."

    @override
    async def async_open(self, session: ConversationSession) -> None:
        """Remember it."""
        self.done.append("open")

    @override
    async def async_close(self) -> None:
        """Remember it."""
        self.done.append("close")


async def test_an_act_that_fails_leaves_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Test that the show goes on, and that the log names who failed."""
    playing = Playing(STAGE)
    performance = Performance([Broken(STAGE), playing])
    await performance.async_open(SESSION)
    await performance.async_close()
    assert playing.done == ["open", "close"]
    assert caplog.text.count("Broken of the show failed") == 2


def test_what_acts_say_comes_in_their_order() -> None:
    """Test rules and context of two acts."""
    performance = Performance([Playing(STAGE), Act(STAGE), Playing(STAGE)])
    assert performance.context == ("It is raining.", "It is raining.")
    assert performance.instructions == "You can make thunder.\n\nYou can make thunder."
    assert performance.tools == {}


def test_an_act_that_nobody_asked_for_is_not_performed() -> None:
    """Test that a maker may return nothing."""
    performance = perform(
        STAGE, Mock(), AS_USUAL, [lambda *_: None, lambda stage, *_: Playing(stage)]
    )
    assert performance.context == ("It is raining.",)
