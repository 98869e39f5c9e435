"""Tests that every block of YAML that anybody may paste is what it looks like.

A block of a kind that is not known here fails: it would be a block that nobody tried.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
import re
from typing import Any, Final

from homeassistant.components.automation.config import (
    async_validate_config_item as async_validate_automation,
)
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.script.config import (
    async_validate_config_item as async_validate_script,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import async_validate_conditions_config
from homeassistant.helpers.script import async_validate_actions_config
from homeassistant.helpers.trigger import async_validate_trigger_config
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import probatio
import pytest

from custom_components.realtime_pumpkin.personas import Persona

from .documents import PAGES, ROOT, name_of, read, yaml_texts

type Block = Any
type Check = Callable[[HomeAssistant, Block], Awaitable[None]]

CARD: Final = "custom:realtime-pumpkin-card"
_EDITOR: Final = ROOT / "custom_components/realtime_pumpkin/www/editor.js"
_VALID: Final = "ok"


async def _automation(hass: HomeAssistant, block: Block) -> None:
    """Try an automation as Home Assistant's editor does."""
    checked = await async_validate_automation(hass, "documented", block)
    assert checked is not None
    assert checked.validation_error is None
    assert checked.validation_status == _VALID


async def _automation_of_a_blueprint(hass: HomeAssistant, block: Block) -> None:
    """Try the inputs of one of our blueprints."""
    path = block["use_blueprint"]["path"]
    data = load_yaml_dict(str(ROOT / "blueprints/automation" / path))
    blueprint = Blueprint(data, expected_domain="automation", schema=cv.match_all)
    given = block["use_blueprint"]["input"].keys()
    needed = {name for name, each in blueprint.inputs.items() if "default" not in each}
    assert needed <= given <= blueprint.inputs.keys()


async def _script(hass: HomeAssistant, block: Block) -> None:
    """Try a script as Home Assistant's editor does."""
    checked = await async_validate_script(hass, "documented", block)
    assert checked is not None
    assert checked.validation_error is None
    assert checked.validation_status == _VALID


async def _actions(hass: HomeAssistant, block: Block) -> None:
    """Try a list of actions."""
    await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(block))


async def _triggers(hass: HomeAssistant, block: Block) -> None:
    """Try a list of triggers."""
    await async_validate_trigger_config(hass, cv.TRIGGER_SCHEMA(block))


async def _conditions(hass: HomeAssistant, block: Block) -> None:
    """Try a list of conditions."""
    await async_validate_conditions_config(hass, cv.CONDITIONS_SCHEMA(block))


async def _card(hass: HomeAssistant, block: Block) -> None:
    """Try the options of the card, of which its editor has them all."""
    editor = _EDITOR.read_text(encoding="utf-8")
    options = set(re.findall(r'name: "(\w+)"', editor))
    assert block.keys() <= options | {"type", "grid_options"}
    assert block["entity"].startswith("assist_satellite.")
    assert f'"{block.get("face", "pumpkin")}"' in editor


async def _persona(hass: HomeAssistant, block: Block) -> None:
    """Try a persona as its folder does."""
    Persona.from_data("documented", block)


async def _configuration(hass: HomeAssistant, block: Block) -> None:
    """Try a part of `configuration.yaml`."""
    for domain in block:
        integration = await async_get_integration(hass, domain)
        component = await integration.async_get_component()
        component.CONFIG_SCHEMA(block)


def _is_persona(block: Mapping[str, Any]) -> bool:
    """Tell a persona by what each needs."""
    return {"name", "description", "instructions"} <= block.keys()


def _kind_of_list(items: list[Any]) -> Check:
    """Return how to try a list."""
    match items[0]:
        case {"trigger": _}:
            return _triggers
        case {"condition": _} if len(items) == 1:
            return _conditions
        case {"action": _} | {"if": _} | {"choose": _} | {"condition": _}:
            return _actions
    raise AssertionError("a list of nothing that is known")


def _kind_of(block: Block) -> Check:
    """Return how to try a block; fail where nobody knows."""
    match block:
        case list():
            return _kind_of_list(block)
        case {"use_blueprint": _}:
            return _automation_of_a_blueprint
        case {"triggers": _, "actions": _}:
            return _automation
        case {"sequence": _}:
            return _script
        case {"type": kind} if kind == CARD:
            return _card
        case dict() if _is_persona(block):
            return _persona
        case {"recorder": _} | {"logger": _} | {"http": _}:
            return _configuration
    raise AssertionError("a block of a kind that no test knows")


def every_block() -> Iterator[Any]:
    """Yield each block of each page as a test's parameter."""
    for page in PAGES:
        for line, text in yaml_texts(read(page)):
            yield pytest.param(text, id=f"{name_of(page)}:{line}")


@pytest.fixture(name="house")
async def house_fixture(
    hass: HomeAssistant, homeassistant_component: None
) -> HomeAssistant:
    """Return a house that knows automations and scripts."""
    for domain in ("automation", "script"):
        assert await async_setup_component(hass, domain, {})
    return hass


@pytest.mark.parametrize("text", every_block())
async def test_a_block_of_yaml_can_be_pasted(house: HomeAssistant, text: str) -> None:
    """Home Assistant, or we, take it as it stands."""
    block = parse_yaml(text)
    await _kind_of(block)(house, block)


@pytest.mark.parametrize(
    "text",
    [
        "speech: loud",
        "- boo",
        "triggers: []",
        "type: entities\nentity: light.porch",
        "services:\n  wyoming: {image: rhasspy}",
    ],
)
def test_a_block_of_an_unknown_kind_fails(text: str) -> None:
    """What nobody can try is not taken on trust."""
    with pytest.raises(AssertionError, match=r"known|knows"):
        _kind_of(parse_yaml(text))


@pytest.mark.parametrize(
    "text",
    [
        "triggers: {trigger: realtime_pumpkin.heard, loud: true}\nactions: []",
        "use_blueprint: {path: realtime_pumpkin/doorbell.yaml, input: {bell: a.b}}",
        "sequence: [{action: light}]",
        "- action: realtime_pumpkin",
        "- trigger: realtime_pumpkin.shouted",
        "- condition: realtime_pumpkin.is_asleep",
        f"type: {CARD}\nentity: assist_satellite.pumpkin\nsize: 3",
        f"type: {CARD}\nentity: assist_satellite.pumpkin\nface: turnip",
        "name: A\ndescription: B\ninstructions: C\nmood: bad",
        "recorder: {forget: true}",
    ],
)
async def test_a_block_that_is_wrong_fails(house: HomeAssistant, text: str) -> None:
    """No check of a kind lets everything pass."""
    block = parse_yaml(text)
    check = _kind_of(block)
    with pytest.raises((AssertionError, probatio.Invalid)):
        await check(house, block)


def test_blocks_in_lists_and_folds_are_found() -> None:
    """Indented or not, closed by a fence of its own."""
    text = "1. So:\n\n   ```yaml\n   alias: A\n   ```\n\n```yml\nalias: B\n```\n"
    assert [parse_yaml(block) for _, block in yaml_texts(text)] == [
        {"alias": "A"},
        {"alias": "B"},
    ]
