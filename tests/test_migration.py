"""Tests that entries of older versions become what this version stores."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.migration import (
    MINOR_VERSION,
    VERSION,
    async_migrate,
)
from custom_components.realtime_pumpkin.options import VoiceOptions
from tests.common import async_set_up, only_subentry, voice
from tests.realtime_server import KEY

# As the flow of 0.1.0 stored them.
FIRST_VOICE: dict[str, Any] = {
    "instructions": "You are a pumpkin.",
    "voice": "echo",
    "model": "gpt-realtime-test",
    "microphone": {"kind": "wyoming", "host": "192.0.2.7", "port": 10700},
    "speaker": {"kind": "media_player", "entity_id": "media_player.porch"},
    "barge_in": "auto",
    "echo_tail_ms": 400,
    "max_duration_s": 240,
    "quiet_from": "22:00:00",
    "quiet_until": "07:00:00",
    "safety_rules": True,
}


def first(base_url: str) -> MockConfigEntry:
    """Return an entry of version 1.1."""
    return MockConfigEntry(
        domain=DOMAIN,
        data={CONF_API_KEY: KEY, "base_url": base_url},
        subentries_data=[voice(data=FIRST_VOICE)],
        version=1,
        minor_version=1,
    )


async def test_an_entry_of_the_first_version_loads_with_its_voice(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """Nothing that was stored is lost."""
    entry = first(realtime_url)
    before = VoiceOptions.from_subentry("Pumpkin", FIRST_VOICE)
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (VERSION, MINOR_VERSION)
    assert entry.data == {
        "provider": "compatible",
        "api_key": KEY,
        "base_url": realtime_url,
    }
    subentry = only_subentry(entry)
    assert subentry.data == {"persona": "custom", **FIRST_VOICE}
    assert VoiceOptions.from_subentry("Pumpkin", subentry.data) == before
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("base_url", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://api.x.ai/v1", "xai"),
        ("https://porch.openai.azure.com/openai/v1", "azure"),
        ("https://porch.services.ai.azure.com/openai/v1", "azure"),
        ("http://192.0.2.1:8080/v1", "compatible"),
    ],
)
async def test_the_provider_is_known_by_its_address(
    hass: HomeAssistant, base_url: str, provider: str
) -> None:
    """The first version asked for an address only."""
    entry = first(base_url)
    entry.add_to_hass(hass)
    assert async_migrate(hass, entry)
    assert entry.data["provider"] == provider


async def test_an_entry_that_is_up_to_date_stays_as_it_is(hass: HomeAssistant) -> None:
    """Every start asks."""
    entry = first("https://api.openai.com/v1")
    entry.add_to_hass(hass)
    assert async_migrate(hass, entry)
    before = entry.as_dict()
    assert async_migrate(hass, entry)
    assert entry.as_dict() == before


async def test_an_entry_of_a_later_major_version_is_left_alone(
    hass: HomeAssistant,
) -> None:
    """Somebody went back to an older release."""
    entry = MockConfigEntry(domain=DOMAIN, data={}, version=VERSION + 1)
    entry.add_to_hass(hass)
    assert not async_migrate(hass, entry)
