"""What a satellite does, and how to wait for it."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event


class SatelliteState(StrEnum):
    """The states of any satellite of Home Assistant, as automations see them."""

    IDLE = "idle"
    LISTENING = "listening"
    PROCESSING = "processing"
    RESPONDING = "responding"


async def async_wait_for_state(
    hass: HomeAssistant,
    entity_id: str,
    condition: Callable[[str], bool],
    seconds: float,
) -> str | None:
    """Return the first state that meets the condition; None where none does.

    An entity that was removed counts as unavailable.
    """
    if condition(state := _state(hass, entity_id)):
        return state
    met: asyncio.Future[str] = hass.loop.create_future()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        """Look at the new state."""
        if not met.done() and condition(state := _state(hass, entity_id)):
            met.set_result(state)

    stop = async_track_state_change_event(hass, entity_id, changed)
    try:
        async with asyncio.timeout(seconds):
            return await met
    except TimeoutError:
        return None
    finally:
        stop()


def _state(hass: HomeAssistant, entity_id: str) -> str:
    """Return what the entity shows now."""
    state = hass.states.get(entity_id)
    return STATE_UNAVAILABLE if state is None else state.state
