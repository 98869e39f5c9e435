"""A telephone whose calls Home Assistant's own `voip` integration takes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.links.satellite_state import (
    async_wait_for_state,
)
from custom_components.realtime_pumpkin.rehearsal import Reply, Say
from tests.assist.dialog import SAID
from tests.assist.telephone import Telephone, telephone
from tests.assist.visit import Visit, voice_at
from tests.audio.signals import tone

pytestmark = pytest.mark.usefixtures(
    "homeassistant_component", "socket_enabled", "no_old_sounds"
)

LISTENS = 1500
"""The pitch of Home Assistant's tone that tells a caller to speak, in Hz."""

FIRST, SECOND = 600, 1000


def answer(hz: int, ms: float) -> Say:
    """Return an answer of the same short words, by its pitch told from others."""
    return Say("Boo!", pcm=tone(24_000, ms, hz))


@asynccontextmanager
async def calling(
    hass: HomeAssistant, *replies: Reply, **options: Any
) -> AsyncIterator[tuple[Visit, Telephone]]:
    """Have a telephone that may call, and that reaches the voice when it does."""
    async with (
        voice_at(hass, "assist_satellite.nowhere", *replies, **options) as visit,
        telephone(hass) as phone,
    ):
        await phone.is_known()
        yield visit, phone


async def speaks(phone: Telephone, turn: int = 1) -> None:
    """Wait for the tone of a turn, and speak."""
    await phone.sound.until(lambda: phone.sound.times(LISTENS) == turn)
    phone.sound.say(SAID)


async def test_two_turns_of_a_telephone_call_are_heard_as_they_were_said(
    hass: HomeAssistant,
) -> None:
    """The same short words twice: each sound is its own turn's, whole and once."""
    async with calling(
        hass, answer(FIRST, 700), answer(SECOND, 900), heard=("Hello?", "Again!")
    ) as (visit, phone):
        await phone.call()
        heard = []
        for number, hz in enumerate((FIRST, SECOND), 1):
            await speaks(phone, number)
            said = await visit.until(EventName.USER_TRANSCRIPT, number)
            heard.append(said["text"])
            await phone.sound.until_heard(hz, 0.6)
        await phone.sound.until(lambda: phone.sound.times(LISTENS) == 3)
        assert phone.sound.heard_s(FIRST) == pytest.approx(0.7, abs=0.1)
        assert phone.sound.heard_s(SECOND) == pytest.approx(0.9, abs=0.1)
        assert visit.server.sessions == 2  # The other is the account's check.
        assert len(visit.server.brain.requests) == 2
        await phone.hang_up()
        satellite = phone.entity_id("assist_satellite", "assist_satellite")
        assert await async_wait_for_state(hass, satellite, "idle".__eq__, 5)
    assert heard == ["Hello?", "Again!"]
    ids = {event["conversation_id"] for event in visit.named(EventName.USER_TRANSCRIPT)}
    assert len(ids) == 1


async def test_hanging_up_in_mid_answer_leaves_the_telephone_idle(
    hass: HomeAssistant,
) -> None:
    """And the next call is answered as the first."""
    async with calling(
        hass, answer(FIRST, 4000), answer(SECOND, 500), heard=("Hello?", "Hello again?")
    ) as (_, phone):
        satellite = phone.entity_id("assist_satellite", "assist_satellite")
        await phone.call()
        await speaks(phone)
        await phone.sound.until_heard(FIRST, 0.5)
        assert hass.states.is_state(satellite, "responding")
        await phone.hang_up()
        assert await async_wait_for_state(hass, satellite, "idle".__eq__, 5)
        assert phone.sound.heard_s(FIRST) < 1.5
        await phone.call()
        await speaks(phone)
        await phone.sound.until_heard(SECOND, 0.4)
        await phone.hang_up()
        assert await async_wait_for_state(hass, satellite, "idle".__eq__, 5)
    assert phone.sound.heard_s(FIRST) < 0.1


async def test_hanging_up_while_the_voice_listens_leaves_the_telephone_idle(
    hass: HomeAssistant,
) -> None:
    """Nobody is answered, and nothing is asked of the model."""
    async with calling(hass, answer(FIRST, 500)) as (visit, phone):
        satellite = phone.entity_id("assist_satellite", "assist_satellite")
        await phone.call()
        await phone.sound.until(lambda: phone.sound.times(LISTENS) == 1)
        assert await async_wait_for_state(hass, satellite, "listening".__eq__, 5)
        await phone.hang_up()
        assert await async_wait_for_state(hass, satellite, "idle".__eq__, 5)
        assert visit.server.brain.requests == []
