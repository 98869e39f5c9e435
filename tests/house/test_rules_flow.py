"""The flow refuses at its field what strangers cannot have."""

import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin import schema
from tests.voice_flow import async_add, async_fill, async_go_on

TEXTS = json.loads(
    (Path(schema.__file__).parents[1] / "translations/en.json").read_text(
        encoding="utf-8"
    )
)["config_subentries"]["voice"]["error"]
UNLOCK = {"action": "lock.unlock", "target": {"entity_id": "lock.front_door"}}
HIDDEN = {"action": "light.turn_on", "target": {"entity_id": "{{ which }}"}}
SCRIPTS = {
    "open_up": {"sequence": [UNLOCK]},
    "party": {"sequence": [{"action": "script.open_up"}]},
    "hidden": {"sequence": [HIDDEN]},
    "fog": {"sequence": [{"event": "fog"}]},
}
KEPT = "kept_from_strangers"
CASES: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"scripts": ["script.fog", "script.party"]},
        "scripts",
        KEPT,
        "script.party → script.open_up → lock.unlock",
    ),
    (
        {"scripts": ["script.hidden"]},
        "scripts",
        "unclear_for_strangers",
        "script.hidden → a template in the target of light.turn_on",
    ),
    (
        {"exposed_entities": ["light.hall", "lock.front_door"]},
        "exposed_entities",
        KEPT,
        "lock.front_door",
    ),
    ({"llm_apis": ["mcp-jokes"]}, "llm_apis", "api_for_strangers", "Jokes"),
    ({"sensitive": ["light.hall"]}, "confirmation_phrase", "confirmation_missing", ""),
    (
        {"sensitive": ["light.hall"], "confirmation_phrase": " ?! "},
        "confirmation_phrase",
        "confirmation_missing",
        "",
    ),
]


class _Jokes(llm.API):
    """An MCP server that Home Assistant knows."""

    async def async_get_api_instance(
        self, llm_context: llm.LLMContext
    ) -> llm.APIInstance:
        """Return no tools."""
        return llm.APIInstance(self, "", llm_context, [])


@pytest.mark.parametrize(("tools", "field", "error", "words"), CASES)
@pytest.mark.usefixtures("probe", "trial")
async def test_what_strangers_cannot_have_is_told_at_its_field(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    tools: dict[str, Any],
    field: str,
    error: str,
    words: str,
) -> None:
    """With the way to what is kept; and among friends it is taken."""
    llm.async_register_api(hass, _Jokes(hass=hass, id="mcp-jokes", name="Jokes"))
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    flow = await async_go_on(hass, await async_add(hass, loaded_entry), "manners")
    result = await async_fill(hass, flow, {"tools": {"strangers": True, **tools}})
    assert result["errors"] == {"tools": error, field: error}
    told = TEXTS[error].format(**(result["description_placeholders"] or {}))
    assert words in told
    if error == "confirmation_missing":
        right = {**tools, "confirmation_phrase": "open sesame"}
    else:
        right = {**tools, "strangers": False}
    result = await async_fill(hass, result, {"tools": {"strangers": True, **right}})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert right.items() <= result["data"].items()
    await hass.async_block_till_done()


@pytest.mark.usefixtures("probe", "trial")
async def test_a_shout_of_strangers_moves_nothing_that_is_kept_from_them(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """What follows the visitor's level is checked as what their words use."""
    opener = {
        "alias": "Sesame",
        "triggers": {"trigger": "state", "entity_id": "input_boolean.eyes"},
        "actions": UNLOCK,
    }
    helpers = {"input_boolean": {"eyes": {}, "lamp": {}}, "automation": [opener]}
    for domain, config in helpers.items():
        assert await async_setup_component(hass, domain, {domain: config})
    flow = await async_go_on(hass, await async_add(hass, loaded_entry), "manners")

    def following(entity_id: str) -> dict[str, Any]:
        """Return a form in which something follows the visitor."""
        target = {"entity_id": entity_id, "follows": "visitor"}
        return {"jaw_and_candle": {"level_targets": [target]}}

    result = await async_fill(hass, flow, following("input_boolean.eyes"))
    assert result["errors"] == {"jaw_and_candle": KEPT, "level_targets": KEPT}
    assert "lock.unlock" in result["description_placeholders"]["path"]
    result = await async_fill(hass, result, following("input_boolean.lamp"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
