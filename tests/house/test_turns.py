"""The house's tools in conversations turn by turn: the same guard, the same phrase."""

from typing import Any

from homeassistant.components.homeassistant.exposed_entities import (
    async_get_assistant_settings,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.house import consent
from custom_components.realtime_pumpkin.rehearsal import Call, Say
from tests.assist.test_text import SATELLITE, converse
from tests.assist.visit import voice_at
from tests.guard.things import LAMP, LOCK, async_move_in

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

TURN_OFF = "intent__HassTurnOff"
EXPOSED: dict[str, Any] = {
    "llm_apis": ["assist"],
    "exposed_entities": [LAMP.entity_id, LOCK.entity_id],
}


async def test_what_is_typed_opens_no_lock_and_switches_the_lamp(
    hass: HomeAssistant,
) -> None:
    """As at the door; and nothing stays exposed to a voice that is gone."""
    touched = await async_move_in(hass, LOCK, LAMP)
    finished = async_capture_events(hass, f"{DOMAIN}_tool_finished")
    async with voice_at(
        hass,
        SATELLITE,
        Call(TURN_OFF, {"name": "lock", "domain": ["lock"]}),
        Say("No."),
        Call(TURN_OFF, {"name": "lamp"}),
        Say("Done."),
        data=EXPOSED,
    ) as visit:
        await converse(hass, "Unlock the door!")
        assert touched == []
        await converse(hass, "Then switch off the lamp.")
        assert touched == [LAMP.entity_id]
        [voice] = visit.entry.subentries
        assistant = f"{DOMAIN}.{voice}"
        assert async_get_assistant_settings(hass, assistant)
        await hass.config_entries.async_remove(visit.entry.entry_id)
    outcomes = [event.data["outcome"] for event in finished]
    assert outcomes == ["failed", "done"]
    entry = er.async_get(hass).async_get(LAMP.entity_id)
    assert entry is not None
    assert assistant not in entry.options


async def test_who_types_confirms_by_typing(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one conversation of Assist; another one begins without consent."""
    monkeypatch.setattr(consent, "PATIENCE", 0)
    scripts = {"hatch": {"sequence": [{"event": "candy"}]}}
    assert await async_setup_component(hass, "script", {"script": scripts})
    candy = async_capture_events(hass, "candy")
    rules = {
        "scripts": ["script.hatch"],
        "sensitive": ["script.hatch"],
        "confirmation_phrase": "open sesame",
    }
    again = (Call("hatch", {}), Say("The words, please."))
    async with voice_at(
        hass, SATELLITE, *again, *again, Call("hatch", {}), Say("There!"), data=rules
    ):
        await converse(hass, "Candy! Open sesame!", "another")
        result = await converse(hass, "Candy!")
        assert not candy
        await converse(hass, "Open sesame.", result.conversation_id)
    assert len(candy) == 1
