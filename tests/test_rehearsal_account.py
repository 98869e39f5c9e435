"""The server's core in this process, seen through a socket."""

import asyncio
import gc
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.client import async_check_account
from custom_components.realtime_pumpkin.realtime.connection import RealtimeConnection
from custom_components.realtime_pumpkin.realtime.errors import ConnectionLost
from custom_components.realtime_pumpkin.rehearsal.items import Part
from custom_components.realtime_pumpkin.rehearsal.play import ACTS, GREETINGS
from custom_components.realtime_pumpkin.rehearsal_account import RehearsalAccount
from tests.garbage import uncollected


async def async_answer(connection: RealtimeConnection) -> tuple[str, int]:
    """Ask for an answer; return its words and its sound's length in ms."""
    await connection.send({"type": "response.create"})
    text, letters = "", 0
    while True:
        match await asyncio.wait_for(connection.recv(), 5):
            case {"type": "response.output_audio_transcript.done", "transcript": words}:
                text = words
            case {"type": "response.output_audio.delta", "delta": str(delta)}:
                letters += len(delta)
            case {"type": "response.done"}:
                return text, letters // 64


async def async_connect(hass: HomeAssistant) -> RealtimeConnection:
    """Open a session that is configured."""
    connection = await RehearsalAccount(hass).async_connect("any")
    await connection.expect_session()
    session: dict[str, Any] = {"type": "realtime", "instructions": "Be a pumpkin."}
    await connection.configure(session)
    return connection


async def async_send_for_ever(connection: RealtimeConnection) -> None:
    """Send what is answered, and read no answer."""
    while True:
        await connection.send({"type": "nonsense"})


async def test_the_account_lets_everybody_in(hass: HomeAssistant) -> None:
    """There is no key that could be wrong."""
    await async_check_account(RehearsalAccount(hass), "any")


async def test_an_answer_is_words_and_sound(hass: HomeAssistant) -> None:
    """The clips are what the session speaks with."""
    connection = await async_connect(hass)
    text, sound_ms = await async_answer(connection)
    await connection.close()
    assert text == f"{GREETINGS[0]} {ACTS[0].riddle}"
    assert sound_ms > 5000


async def test_a_closed_session_keeps_no_sound(hass: HomeAssistant) -> None:
    """Its parts know each other and stay until garbage is collected."""
    with uncollected():
        connection = await async_connect(hass)
        await async_answer(connection)
        assert _sound()
        await connection.close()
        assert not _sound()


def _sound() -> int:
    """Return how many bytes of sound all sessions keep."""
    parts = [each for each in gc.get_objects() if isinstance(each, Part)]
    return sum(len(part.audio) for part in parts)


async def test_a_closed_session_says_so(hass: HomeAssistant) -> None:
    """Reading and writing end as on a websocket."""
    connection = await async_connect(hass)
    await connection.close()
    with pytest.raises(ConnectionLost):
        await connection.recv()
    with pytest.raises(ConnectionLost):
        await connection.send({"type": "response.create"})
    assert not connection.send_now(b'{"type":"response.create"}')


async def test_whoever_never_reads_loses_the_session(hass: HomeAssistant) -> None:
    """The queue of events is bounded."""
    connection = await async_connect(hass)
    with pytest.raises(ConnectionLost):
        await async_send_for_ever(connection)
