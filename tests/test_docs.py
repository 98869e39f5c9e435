"""Tests of what the documentation tells users to paste."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .documents import ROOT


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
