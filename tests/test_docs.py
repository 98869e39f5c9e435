"""Tests of what the documentation tells users to paste."""

from collections.abc import Iterator
from dataclasses import fields
import re
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.bus import _NAMES, event_of
from custom_components.realtime_pumpkin.condition import CONDITIONS
from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind
from custom_components.realtime_pumpkin.trigger import TRIGGERS

from .documents import ROOT, blocks


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
