"""Tests that Home Assistant's own integration holds the fake device as a real one."""

import shutil

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
import numpy as np
import pytest

from demo.esphome_device.assistant import Phase
from demo.esphome_device.description import Format
from tests.esphome_device.clips import web_server
from tests.satellite_bench import AddSatellite, Satellite


def _state(hass: HomeAssistant, entity_id: str) -> str:
    """Return an entity's state."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


def _loudest(satellite: Satellite) -> int:
    """Return the peak of everything that was played."""
    return int(np.abs(np.frombuffer(satellite.card.played, "<i2")).max(initial=0))


async def test_the_device_has_the_entities_of_a_satellite(
    hass: HomeAssistant, satellite: Satellite
) -> None:
    """A satellite, a media player and the choice of an assistant."""
    assert satellite.entity_id.startswith("assist_satellite.porch")
    assert satellite.player.startswith("media_player.porch")
    assert satellite.assistant.startswith("select.porch")
    assert satellite.selected == "preferred"
    assert _state(hass, satellite.entity_id) == "idle"


async def test_two_devices_are_two_satellites(add_satellite: AddSatellite) -> None:
    """They have names and entities of their own."""
    porch = await add_satellite()
    hall = await add_satellite(
        name="hall", friendly_name="Hall", mac="AA:BB:CC:DD:EE:02"
    )
    assert porch.entity_id != hall.entity_id
    assert hall.entity_id.startswith("assist_satellite.hall")


@pytest.mark.parametrize("formats", [(), (Format("flac"),)], ids=["as is", "proxied"])
async def test_an_announcement_is_heard_to_its_end(
    hass: HomeAssistant, add_satellite: AddSatellite, formats: tuple[Format, ...]
) -> None:
    """Home Assistant waits for it; with formats its own ffmpeg converts it."""
    if formats and not shutil.which("ffmpeg"):
        pytest.skip("Home Assistant's converter needs ffmpeg")
    satellite = await add_satellite(formats=formats)
    async with web_server() as address:
        await hass.services.async_call(
            "assist_satellite",
            "announce",
            {
                "entity_id": satellite.entity_id,
                "media_id": f"{address}/tone.mp3?v=1",
                "preannounce": False,
            },
            blocking=True,
        )
    assert _loudest(satellite) > 6000
    [fetched] = satellite.device.record.all("fetch")
    assert ("ffmpeg_proxy" in fetched.detail["url"]) is bool(formats)
    assert satellite.device.assistant.phase is Phase.IDLE


async def test_the_media_player_announces(
    hass: HomeAssistant, satellite: Satellite
) -> None:
    """What is announced at the media player is heard."""
    async with web_server() as address:
        await hass.services.async_call(
            "media_player",
            "play_media",
            {
                "entity_id": satellite.player,
                "media_content_id": f"{address}/tone.mp3?v=1",
                "media_content_type": "music",
                "announce": True,
            },
            blocking=True,
        )
        await satellite.until(lambda: satellite.device.record.counts["played"] == 1)
    assert _loudest(satellite) > 6000


async def test_the_button_starts_a_run_of_the_preferred_assistant(
    hass: HomeAssistant, satellite: Satellite
) -> None:
    """Where it cannot hear, the device is told so and is idle again."""
    satellite.device.press()
    await satellite.until(lambda: "RUN_END" in satellite.device.record.runs[-1].events)
    assert satellite.device.record.runs[-1].events[0] == "RUN_START"
    await satellite.until_phase(Phase.IDLE)
    await hass.async_block_till_done()
    assert _state(hass, satellite.entity_id) == "idle"


async def test_a_dead_device_is_unavailable(
    hass: HomeAssistant, satellite: Satellite
) -> None:
    """Without power it is gone at once."""
    states = hass.loop.create_future()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        if not states.done():
            states.set_result(event.data["new_state"])

    async_track_state_change_event(hass, satellite.entity_id, changed)
    satellite.device.die()
    assert (await states).state == "unavailable"
