"""Starting an ESPHome satellite while it announces something for somebody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import io
from typing import Any
import wave

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.const import EventName
from tests.assist.talk import is_over
from tests.assist.visit import voice_at
from tests.audio.signals import tone
from tests.porch import GREETING
from tests.satellite_bench import AddSatellite, Satellite

pytestmark = pytest.mark.usefixtures(
    "homeassistant_component", "socket_enabled", "impatient"
)

RATE = 24_000


def wav(ms: float) -> bytes:
    """Return a tone as a WAV file."""
    with io.BytesIO() as file:
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE)
            sound.writeframes(tone(RATE, ms))
        return file.getvalue()


@asynccontextmanager
async def announcement(ms: float) -> AsyncIterator[str]:
    """Have the address of a tone of so many ms."""

    async def serve(request: web.Request) -> web.Response:
        """Return it."""
        return web.Response(body=wav(ms), content_type="audio/wav")

    app = web.Application()
    app.router.add_get("/announcement.wav", serve)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/announcement.wav"))


async def announce(satellite: Satellite, url: str) -> None:
    """Let Home Assistant announce; returns as soon as it is heard."""
    data = {"entity_id": satellite.entity_id, "media_id": url, "preannounce": False}
    await satellite.hass.services.async_call("assist_satellite", "announce", data)
    await satellite.until(lambda: bool(satellite.device.record.all("sound")))


async def play(satellite: Satellite, url: str) -> None:
    """Announce through the media player, of which the satellite shows nothing."""
    data = {
        "entity_id": satellite.player,
        "media_content_id": url,
        "media_content_type": "music",
        "announce": True,
    }
    await satellite.hass.services.async_call("media_player", "play_media", data)
    await satellite.until(lambda: bool(satellite.device.record.all("sound")))
    assert satellite.hass.states.is_state(satellite.entity_id, "idle")


def first(satellite: Satellite, url: str) -> dict[str, Any]:
    """Return what became of an address, and what the device asked for when."""
    entries = satellite.device.record.entries
    [over] = [
        (index, entry.what)
        for index, entry in enumerate(entries)
        if entry.what in ("played", "dropped") and entry.detail["url"] == url
    ]
    asked = next(
        index
        for index, entry in enumerate(entries)
        if entry.what == "> VoiceAssistantRequest"
    )
    return {"over": over[1], "before_the_microphone": over[0] < asked}


async def test_a_start_waits_for_the_end_of_an_announcement(
    hass: HomeAssistant, satellite: Satellite
) -> None:
    """It is heard to its end, then the microphone opens."""
    async with (
        announcement(300) as url,
        voice_at(hass, satellite.entity_id, GREETING) as visit,
    ):
        await announce(satellite, url)
        await visit.act("start_conversation")
        await visit.until(EventName.ITEM_FINISHED)
        assert first(satellite, url) == {
            "over": "played",
            "before_the_microphone": True,
        }
        assert (await visit.end())["reason"] == "stopped"
        await is_over(visit, satellite)


async def test_a_start_silences_an_announcement_that_takes_too_long(
    hass: HomeAssistant, satellite: Satellite
) -> None:
    """Somebody stands at the door; the microphone opens in silence."""
    async with (
        announcement(20_000) as url,
        voice_at(hass, satellite.entity_id, GREETING) as visit,
    ):
        await announce(satellite, url)
        await visit.act("start_conversation")
        await visit.until(EventName.ITEM_FINISHED)
        assert first(satellite, url) == {
            "over": "dropped",
            "before_the_microphone": True,
        }
        assert (await visit.end())["reason"] == "stopped"
        await is_over(visit, satellite)


async def test_a_start_behind_what_a_player_announces_still_opens_the_microphone(
    hass: HomeAssistant, add_satellite: AddSatellite
) -> None:
    """The firmware queues our clip and gives it up after 2 s; then the voice speaks."""
    satellite = await add_satellite(pace=4.0)
    record = satellite.device.record
    async with (
        announcement(60_000) as url,
        voice_at(hass, satellite.entity_id, GREETING) as visit,
    ):
        await play(satellite, url)
        await visit.act("start_conversation")
        [asked] = record.all("< VoiceAssistantAnnounceRequest")
        [finished] = record.all("> VoiceAssistantAnnounceFinished")
        assert finished.at - asked.at > 0.4
        assert satellite.selected == "preferred"
        await satellite.until(lambda: bool(record.all("dropped")))
        assert first(satellite, url) == {
            "over": "dropped",
            "before_the_microphone": False,
        }
        assert (await visit.end())["reason"] == "stopped"
        await is_over(visit, satellite)
