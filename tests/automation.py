"""Automations around a voice, as tests of triggers and conditions need them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.common import VOICE_ENTITY_ID, account, async_set_up, voice

TARGET: Final = {"entity_id": VOICE_ENTITY_ID}
AUTOMATION_ID: Final = "automation.porch"


def ours(
    purpose: str, key: str, target: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return one of our triggers or conditions (the purpose), as an automation has it."""
    one = {purpose: f"realtime_pumpkin.{key}", "target": dict(target)}
    return {**one, "options": dict(options)} if options else one


async def async_automate(
    hass: HomeAssistant,
    trigger: Mapping[str, Any],
    conditions: Sequence[Mapping[str, Any]] = (),
) -> list[Event]:
    """Set up an automation; return the events that it will have fired.

    Their `got` is what the trigger told.
    """
    action = {"event": "ran", "event_data_template": {"got": "{{ trigger }}"}}
    config = {
        "alias": "Porch",
        "triggers": [dict(trigger)],
        "conditions": list(map(dict, conditions)),
        "actions": [action],
    }
    ran = async_capture_events(hass, "ran")
    assert await async_setup_component(
        hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: config}
    )
    await hass.async_block_till_done()
    assert hass.states.is_state(AUTOMATION_ID, "on")
    return ran


async def async_switch_off(hass: HomeAssistant) -> None:
    """Switch the automation off, and with it its trigger."""
    if hass.states.get(AUTOMATION_ID):
        await hass.services.async_call(
            AUTOMATION_DOMAIN, "turn_off", {"entity_id": AUTOMATION_ID}, blocking=True
        )
        await hass.async_block_till_done()


async def async_move_voice(hass: HomeAssistant, area: ar.AreaEntry) -> None:
    """Put the voice's device into an area."""
    entity = er.async_get(hass).async_get(VOICE_ENTITY_ID)
    assert entity is not None
    assert entity.device_id is not None
    dr.async_get(hass).async_update_device(entity.device_id, area_id=area.id)
    await hass.async_block_till_done()


@asynccontextmanager
async def witch_and_ghost(
    hass: HomeAssistant, url: str
) -> AsyncIterator[MockConfigEntry]:
    """Set up an account with two voices."""
    entry = account(url, voice("Witch"), voice("Ghost"))
    await async_set_up(hass, entry)
    try:
        yield entry
    finally:
        await hass.config_entries.async_unload(entry.entry_id)
