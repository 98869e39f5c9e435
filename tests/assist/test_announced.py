"""Texts that others let the voice say: `tts.speak`, announcements, start messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.prompt import READ_ALOUD
from custom_components.realtime_pumpkin.rehearsal import Say
from tests.assist.dialog import seconds_of
from tests.assist.house import Device
from tests.assist.test_unasked import choose
from tests.assist.visit import Visit, visit

pytestmark = pytest.mark.usefixtures(
    "homeassistant_component", "socket_enabled", "no_old_sounds"
)

DINNER = Say("Dinner is ready!", duration_ms=700)


class House:
    """A hall with a satellite of Assist, whose assistant is the voice."""

    def __init__(
        self, there: Visit, hall: Device, http: ClientSessionGenerator
    ) -> None:
        """Have a voice, and a hall."""
        self.there = there
        self.hall = hall
        self._http = http

    async def act(self, action: str, **data: object) -> None:
        """Call an action of Home Assistant."""
        domain, _, name = action.partition(".")
        await self.there.hass.services.async_call(domain, name, data, blocking=True)

    async def sound_of(self, url: str) -> float:
        """Play what is at an address; return how long it is, in seconds."""
        response = await (await self._http()).get(urlsplit(url).path)
        assert response.status == 200
        return seconds_of(await response.read())


@asynccontextmanager
async def a_hall(
    hass: HomeAssistant, http: ClientSessionGenerator, *replies: Say
) -> AsyncIterator[House]:
    """Have the voice, and a hall that uses it."""
    hall = Device("hall")
    assert await async_setup_component(hass, "media_source", {})
    async with visit(hass, hall, *replies) as there:
        await choose(hass, hall)
        yield House(there, hall, http)


async def test_tts_speak_is_heard_in_the_voice(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """On any player of the house; said again it costs nothing."""
    async with a_hall(hass, hass_client, DINNER) as house:
        for _ in range(2):
            await house.act(
                "tts.speak",
                entity_id="tts.pumpkin_voice",
                media_player_entity_id=house.hall.player_id,
                message="Dinner is ready!",
            )
            media_id, _ = house.hall.player.played[-1]
            media = await async_resolve_media(hass, media_id, house.hall.player_id)
            assert await house.sound_of(media.url) == pytest.approx(0.7, abs=0.06)
        [request] = house.there.server.brain.requests
        assert request.instructions == READ_ALOUD


async def test_an_announcement_is_heard_in_the_voice(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """At a satellite whose assistant it is."""
    async with a_hall(hass, hass_client, DINNER) as house:
        await house.act(
            "assist_satellite.announce",
            entity_id=house.hall.entity_id,
            message="Dinner is ready!",
            preannounce=False,
        )
        [url] = house.hall.satellite.clips
        assert await house.sound_of(url) == pytest.approx(0.7, abs=0.06)


async def test_a_start_message_is_heard_in_the_voice_which_then_listens(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """The conversation behind it is the voice's own."""
    async with a_hall(hass, hass_client, DINNER, DINNER) as house:
        await house.act(
            "assist_satellite.start_conversation",
            entity_id=house.hall.entity_id,
            start_message="Dinner is ready!",
            preannounce=False,
        )
        await house.there.until(EventName.AUDIO_STARTED)
        [url] = house.hall.satellite.clips
        assert await house.sound_of(url) == pytest.approx(0.7, abs=0.06)
        assert (await house.there.end())["reason"] == "stopped"
