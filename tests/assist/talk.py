"""A conversation at a satellite that Home Assistant's `esphome` integration holds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.rehearsal import Reply
from demo.esphome_device.assistant import Phase
from tests.assist.visit import Visit, voice_at
from tests.porch import GOODBYE, GREETING
from tests.satellite_bench import Satellite


@asynccontextmanager
async def talking(
    hass: HomeAssistant, satellite: Satellite, *replies: Reply, **options: Any
) -> AsyncIterator[Visit]:
    """Have a conversation whose voice has said its first line."""
    async with voice_at(
        hass, satellite.entity_id, *(replies or (GREETING, GOODBYE)), **options
    ) as visit:
        await visit.act("start_conversation")
        await visit.until(EventName.ITEM_FINISHED)
        assert satellite.selected == "preferred"
        yield visit


async def is_over(visit: Visit, satellite: Satellite) -> dict[str, Any]:
    """Return how the conversation was; the device must be idle on its assistant."""
    ended = await visit.until(EventName.CONVERSATION_ENDED)
    await satellite.until_phase(Phase.IDLE)
    assert satellite.selected == "preferred"
    state = visit.hass.states.get(satellite.entity_id)
    assert state is not None
    assert state.state in ("idle", "unavailable")
    return ended
