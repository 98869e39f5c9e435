"""A turn is waited for, and never for ever: neither for speech, its end, nor its words."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Self, cast

import pytest

from custom_components.realtime_pumpkin.realtime.connection import RealtimeConnection
from custom_components.realtime_pumpkin.realtime.turn_session import (
    SILENCE_TIMEOUT,
    SPEECH_TIMEOUT,
    TRANSCRIPT_TIMEOUT,
    UNKNOWN_WORDS,
    Spoken,
    TurnSession,
)
from tests.links.virtual_time import now, run
from tests.realtime.world import SILENCE

STARTED = {"type": "input_audio_buffer.speech_started", "item_id": "i"}
COMMITTED = {"type": "input_audio_buffer.committed", "item_id": "i"}


class Service:
    """A session that has just these events to tell, and then nothing more."""

    def __init__(self, *told: dict[str, Any]) -> None:
        """Begin with nothing sent."""
        self.sent: list[str] = []
        self._told = list(told)

    async def send(self, event: dict[str, Any]) -> None:
        """Take an event."""
        self.sent.append(event["type"])

    async def recv(self) -> dict[str, Any]:
        """Tell the next event, a second after the one before."""
        if not self._told:
            await asyncio.Event().wait()
        await asyncio.sleep(1)
        return self._told.pop(0)

    async def close(self) -> None:
        """Be closed."""

    def as_connection(self) -> RealtimeConnection:
        """Return it as what a session talks through."""
        return cast("RealtimeConnection", self)


async def microphone() -> AsyncIterator[bytes]:
    """Yield what a microphone hears that nobody closes."""
    while True:
        yield SILENCE
        await asyncio.sleep(0.04)


class Heard:
    """What came of a turn, and how long it took."""

    spoken: Spoken | None
    seconds: float

    @classmethod
    async def of(cls, service: Service) -> Self:
        """Hear one turn of a session."""
        session = TurnSession(service.as_connection(), lambda _: None)
        reading = asyncio.ensure_future(session.run())
        heard, began = cls(), now()
        heard.spoken = await session.hear(microphone(), answers=False)
        heard.seconds = now() - began
        reading.cancel()
        await asyncio.wait([reading])
        return heard


def test_a_turn_in_which_nobody_speaks_is_given_up() -> None:
    """After fifteen seconds, and no answer is asked for."""
    service = Service()
    heard = run(Heard.of(service))
    assert heard.spoken is None
    assert heard.seconds == pytest.approx(SILENCE_TIMEOUT, abs=0.1)
    assert "response.create" not in service.sent


def test_a_turn_that_does_not_end_is_given_up() -> None:
    """A radio talks for ever: it is no visitor after a minute and a half."""
    heard = run(Heard.of(Service(STARTED)))
    assert heard.spoken is None
    assert heard.seconds == pytest.approx(1 + SPEECH_TIMEOUT, abs=0.1)


def test_words_that_never_come_are_not_waited_for() -> None:
    """Nothing is known to have been said then."""
    heard = run(Heard.of(Service(STARTED, COMMITTED)))
    assert heard.spoken is None
    assert heard.seconds == pytest.approx(2 + TRANSCRIPT_TIMEOUT, abs=0.1)


def test_an_answer_that_is_under_way_is_no_reason_to_wait_for_its_words() -> None:
    """It was asked for at the end of the turn; what was said stays unknown."""

    async def scenario() -> Spoken | None:
        session = TurnSession(Service(STARTED, COMMITTED).as_connection(), lambda _: 0)
        reading = asyncio.ensure_future(session.run())
        spoken = await session.hear(microphone())
        reading.cancel()
        await asyncio.wait([reading])
        return spoken

    spoken = run(scenario())
    assert spoken is not None
    assert spoken.text == UNKNOWN_WORDS
    assert spoken.turn is not None
