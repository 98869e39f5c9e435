"""The porch check at a satellite that nobody but its wake word can start."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    async_get_persistent_notifications,
)

from custom_components.realtime_pumpkin import porch_check
from custom_components.realtime_pumpkin.const import CONF_CALIBRATION, DOMAIN
from custom_components.realtime_pumpkin.links import assist_wake
from custom_components.realtime_pumpkin.links.satellite_state import (
    async_wait_for_state,
)
from demo.esphome_device.assistant import Phase
from tests.assist.esphome.room import OWN, MakeRoom, Room
from tests.assist.visit import Visit
from tests.common import VOICE_ENTITY_ID, only_subentry

BUTTON = "button.pumpkin_porch_check"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listen no longer than the fake device needs."""
    monkeypatch.setattr(porch_check, "SETTLE_S", 0.05)
    monkeypatch.setattr(porch_check, "NOISE_S", 0.2)
    monkeypatch.setattr(porch_check, "LISTEN_S", 1.5)
    monkeypatch.setattr(porch_check, "TAIL_MS", 300)


@pytest.fixture
async def room(make_room: MakeRoom) -> Room:
    """Return a house whose satellite has older firmware, and hears itself."""
    return await make_room(start_conversation=False, echo_db=-20)


def notes(hass: HomeAssistant) -> list[str]:
    """Return what Home Assistant tells now."""
    return [
        note["message"] for note in async_get_persistent_notifications(hass).values()
    ]


async def begin(room: Room, visit: Visit, action: str) -> asyncio.Task[Any]:
    """Begin a check by an action or a button; return when it waits for the word."""
    name = {DOMAIN: VOICE_ENTITY_ID, "button": BUTTON}[action.partition(".")[0]]
    task = room.hass.async_create_background_task(
        room.act(action, entity_id=name), "check"
    )
    chosen = async_wait_for_state(
        room.hass, room.satellite.assistant, "Pumpkin".__eq__, 5
    )
    waiting = asyncio.ensure_future(chosen)
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    return task


async def test_the_check_waits_for_the_wake_word_and_asks_for_it(room: Room) -> None:
    """Heard, it is a check like any other; the satellite is its owner's again."""
    async with room.voice() as visit:
        check = await begin(room, visit, "button.press")
        [asked] = notes(room.hass)
        assert asked.startswith("Say the wake word of Porch")
        assert "for 60 seconds" in asked
        room.device.wake()
        await room.until(lambda: bool(room.of_player("sound")))
        assert notes(room.hass) == []
        await check
        assert room.satellite.selected == OWN
        [told] = notes(room.hass)
        assert told.startswith("The speaker is heard ")
        stored = only_subentry(visit.entry).data[CONF_CALIBRATION]
        await room.satellite.until_phase(Phase.IDLE)
    assert stored["echo_return_db"] == pytest.approx(-20, abs=2)
    [run] = room.record.runs
    assert run.events[-1] == "RUN_END"
    assert "ERROR" not in run.events


async def test_a_word_that_nobody_says_is_told(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was borrowed comes back, and nothing is stored."""
    monkeypatch.setattr(assist_wake, "WAKE_TIMEOUT_S", 0.2)
    async with room.voice() as visit:
        check = await begin(room, visit, f"{DOMAIN}.porch_check")
        with pytest.raises(HomeAssistantError) as caught:
            await check
        assert caught.value.translation_key == "assist_satellite_not_woken"
        assert str(caught.value).startswith("Nobody said the wake word of ")
        assert notes(room.hass) == []
        assert room.satellite.selected == OWN
        assert CONF_CALIBRATION not in only_subentry(visit.entry).data


async def test_a_check_that_is_broken_off_gives_the_satellite_back(
    room: Room,
) -> None:
    """Its wake word is for its owner's assistant again."""
    async with room.voice() as visit:
        check = await begin(room, visit, f"{DOMAIN}.porch_check")
        await room.hass.config_entries.async_unload(visit.entry.entry_id)
        with pytest.raises(HomeAssistantError) as caught:
            await check
        assert caught.value.translation_key == "porch_check_interrupted"
        assert notes(room.hass) == []
        assert room.satellite.selected == OWN


async def test_a_satellite_that_is_off_is_not_waited_for(room: Room) -> None:
    """Nobody is asked to say a word that it cannot hear."""
    async with room.voice() as visit:
        await room.hass.config_entries.async_unload(room.satellite.entry.entry_id)
        check = await begin(room, visit, f"{DOMAIN}.porch_check")
        with pytest.raises(HomeAssistantError) as caught:
            await check
        assert caught.value.translation_key == "assist_satellite_unavailable"
        assert notes(room.hass) == []
