"""What is saved when Home Assistant stops or dies with an ESPHome satellite in use.

What counts is the disk: the satellite's assistant that the next start reads, and the
loans that are still owed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import restore_state
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.loans import async_get_loans, async_setup_loans
from demo.esphome_device.assistant import Phase
from tests.assist.esphome.room import Room
from tests.assist.visit import Visit

LOANS = f"{DOMAIN}.loans"
OWN = "Home Assistant"


@pytest.fixture
def saving(hass: HomeAssistant) -> None:
    """Save states when Home Assistant stops, which the test plugin leaves out."""
    restore_state.async_get(hass).async_setup_dump()


def saved(hass_storage: dict[str, Any], entity_id: str) -> str:
    """Return the state of an entity with which the next start begins."""
    [state] = [
        stored["state"]["state"]
        for stored in hass_storage[restore_state.STORAGE_KEY]["data"]
        if stored["state"]["entity_id"] == entity_id
    ]
    return str(state)


@asynccontextmanager
async def starting(room: Room) -> AsyncIterator[tuple[Visit, asyncio.Task[Any]]]:
    """Start a satellite that is never done with its clip; its assistant is ours."""
    room.device.misbehave(never_finish=True)
    async with room.voice() as visit:
        await room.choose(OWN)
        start = room.hass.async_create_background_task(
            visit.act("start_conversation"), "ring"
        )
        await room.until(lambda: bool(room.record.all("fetch")))
        assert room.satellite.selected == "Pumpkin"
        yield visit, start


# The run ends after the stop, and Home Assistant 2026.11 then sets the timer that forgets
# its chat session, which nobody cancels any more.
@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.usefixtures("saving")
async def test_a_stop_in_mid_conversation_saves_the_owners_assistant(
    room: Room, hass_storage: dict[str, Any]
) -> None:
    """It was chosen again with the first sound; the device hears that it is over."""
    async with room.talking():
        await room.hass.async_stop(force=True)
        await room.satellite.until_phase(Phase.IDLE)
    assert saved(hass_storage, room.satellite.assistant) == "preferred"
    assert hass_storage[LOANS]["data"] == []
    assert room.record.runs[-1].events[-1] == "RUN_END"
    assert room.record.counts["< DisconnectRequest"] == 1


@pytest.mark.usefixtures("saving")
async def test_a_stop_during_the_start_saves_the_owners_assistant(
    room: Room, hass_storage: dict[str, Any]
) -> None:
    """States are saved before any task that is cancelled could put it right."""
    async with starting(room) as (_, start):
        await room.hass.async_stop(force=True)
        await asyncio.gather(start, return_exceptions=True)
    assert saved(hass_storage, room.satellite.assistant) == OWN
    assert hass_storage[LOANS]["data"] == []


async def test_a_crash_during_the_start_is_mended_when_the_device_connects(
    room: Room, hass_storage: dict[str, Any]
) -> None:
    """The select comes back as the crash left it, after the voice was set up."""
    async with starting(room) as (visit, start):
        at_the_crash = deepcopy(hass_storage[LOANS])
        with pytest.raises(HomeAssistantError):
            await start
        await room.choose("Pumpkin")
        await room.hass.config_entries.async_unload(room.satellite.entry.entry_id)
        await room.hass.config_entries.async_unload(visit.entry.entry_id)
        hass_storage[LOANS] = at_the_crash
        await async_setup_loans(room.hass)
        await room.hass.config_entries.async_setup(visit.entry.entry_id)
        await room.hass.async_block_till_done()
        [loan] = async_get_loans(room.hass).open
        assert loan.entity_id == room.satellite.assistant
        assert await room.hass.config_entries.async_setup(room.satellite.entry.entry_id)
        asked = "< SubscribeHomeAssistantStatesRequest"
        await room.until(lambda: room.record.counts[asked] > 1)
        await room.hass.async_block_till_done()
        assert room.satellite.selected == OWN
        assert hass_storage[LOANS]["data"] == []
