"""Tests of what the documentation tells users to paste."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.bus import _NAMES, event_of
from custom_components.realtime_pumpkin.condition import CONDITIONS
from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind
from custom_components.realtime_pumpkin.trigger import TRIGGERS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^( *)```ya?ml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[Any]:
    """Yield the YAML of a page."""
    for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
        indent, text = found.groups()
        yield parse_yaml(re.sub(f"^{indent}", "", text, flags=re.MULTILINE))


def automations() -> Iterator[Any]:
    """Yield each automation of the documentation as a test's parameter."""
    for page in PAGES:
        for number, block in enumerate(blocks(page)):
            if isinstance(block, dict) and "triggers" in block:
                yield pytest.param(block, id=f"{page.name}-{number}")


@pytest.fixture(name="automation_component")
async def automation_component_fixture(
    hass: HomeAssistant, homeassistant_component: None
) -> None:
    """Set up automations, and nothing to automate."""
    assert await async_setup_component(hass, AUTOMATION_DOMAIN, {})


@pytest.mark.parametrize("automation", automations())
async def test_an_automation_of_the_documentation_can_be_pasted(
    hass: HomeAssistant,
    automation_component: None,
    automation: dict[str, Any],
) -> None:
    """Home Assistant takes it as it stands."""
    checked = await async_validate_config_item(hass, "documented", automation)
    assert checked is not None
    assert checked.validation_error is None
    assert checked.validation_status == "ok"


async def test_an_automation_that_home_assistant_refuses_would_be_seen(
    hass: HomeAssistant, automation_component: None
) -> None:
    """A trigger's unknown option is found."""
    trigger = {
        "trigger": "realtime_pumpkin.heard",
        "target": {"entity_id": "assist_satellite.pumpkin"},
        "options": {"words": "boo"},
    }
    automation = {"alias": "Wrong", "triggers": [trigger], "actions": []}
    with pytest.raises(probatio.Invalid, match="words"):
        await async_validate_config_item(hass, "documented", automation)


def names(automation: Any, key: str) -> Iterator[str]:
    """Yield every value under a key of an automation, at any depth."""
    match automation:
        case dict():
            for name, value in automation.items():
                if name == key and isinstance(value, str):
                    yield value
                yield from names(value, key)
        case list():
            for value in automation:
                yield from names(value, key)


@pytest.mark.parametrize(
    ("key", "known"), [("trigger", TRIGGERS), ("condition", CONDITIONS)]
)
def test_every_trigger_and_condition_is_shown_once_at_least(
    key: str, known: dict[str, Any]
) -> None:
    """Each has an example on the page of the entities."""
    page = ROOT / "docs" / "entities.md"
    shown = {name for block in blocks(page) for name in names(block, key)}
    assert {f"{DOMAIN}.{one}" for one in known} <= shown


async def test_the_page_names_what_a_voice_has(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Every entity that has a name of its own is in the table."""
    table = (ROOT / "docs" / "entities.md").read_text(encoding="utf-8")
    shown = [
        state.name.removeprefix("Pumpkin ")
        for state in hass.states.async_all()
        if state.name.startswith("Pumpkin ")
    ]
    assert len(shown) >= 12
    assert [name for name in shown if f"**{name}**" not in table] == []


def documented_events() -> dict[str, set[str]]:
    """Return the fields of each event as the page of the events has them."""
    rows = (ROOT / "docs" / "events.md").read_text(encoding="utf-8").splitlines()
    cells = [row.split("|") for row in rows if row.startswith("| `")]
    return {
        cell[1].strip(" `"): set(
            re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", cell[3]))
        )
        for cell in cells
    }


def test_every_event_is_documented_with_its_fields() -> None:
    """What conversations tell is compared with what the code fires."""
    documented = documented_events()
    assert documented.keys() == {name.value for name in EventName}
    for update, name in _NAMES.items():
        rest = [None] * (len(fields(update)) - 1)
        event = event_of(update(ErrorKind.SERVER, *rest))
        assert event is not None
        assert documented[name] == event.data.keys(), name


def test_a_block_that_is_wrong_would_be_seen() -> None:
    """The reader of the pages finds indented blocks and their ends."""
    text = "1. So:\n\n   ```yaml\n   alias: A\n   ```\n"
    [(indent, block)] = BLOCK.findall(text)
    assert parse_yaml(re.sub(f"^{indent}", "", block, flags=re.MULTILINE)) == {
        "alias": "A"
    }
