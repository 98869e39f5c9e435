"""An account and a voice as a user has them, for tests of Home Assistant's side."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryData
from homeassistant.const import (
    CONF_API_KEY,
    MAJOR_VERSION as HOME_ASSISTANT_YEAR,
    MINOR_VERSION as HOME_ASSISTANT_MONTH,
)
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import (
    CONF_BASE_URL,
    CONF_PROVIDER,
    DOMAIN,
    SUBENTRY_VOICE,
)
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.migration import MINOR_VERSION
from tests.realtime_server import KEY, MODEL

SET_UP = True if (HOME_ASSISTANT_YEAR, HOME_ASSISTANT_MONTH) < (2026, 11) else None
"""What integrations of Home Assistant's own return when they are set up or unloaded."""

VOICE_DATA: dict[str, Any] = {
    "instructions": "You are a pumpkin.",
    "voice": "echo",
    "model": MODEL,
    "microphone": {"kind": "wyoming", "host": "192.0.2.7", "port": 10700},
    "speaker": {"kind": "satellite"},
}
VOICE_ENTITY_ID = "assist_satellite.pumpkin"
EVENT_ENTITY_ID = "event.pumpkin_conversation"


def voice(
    title: str = "Pumpkin", data: Mapping[str, Any] | None = None
) -> ConfigSubentryData:
    """Return a voice as its flow stores it."""
    return ConfigSubentryData(
        data={**VOICE_DATA, **(data or {})},
        subentry_type=SUBENTRY_VOICE,
        title=title,
        unique_id=None,
    )


def account(
    base_url: str,
    *voices: ConfigSubentryData,
    provider: str = "compatible",
    entry_id: str | None = None,
) -> MockConfigEntry:
    """Return an account as its flow stores it."""
    return MockConfigEntry(
        domain=DOMAIN,
        entry_id=entry_id,
        title="OpenAI",
        data={
            CONF_PROVIDER: provider,
            CONF_API_KEY: KEY,
            CONF_BASE_URL: base_url,
        },
        minor_version=MINOR_VERSION,
        subentries_data=list(voices),
    )


async def async_set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an account up as Home Assistant does, whether it works or not."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


def only_voice(entry: MockConfigEntry) -> VoiceCoordinator:
    """Return the coordinator of an account's only voice."""
    voices: dict[str, VoiceCoordinator] = entry.runtime_data.voices
    [coordinator] = voices.values()
    return coordinator


def only_subentry(entry: MockConfigEntry) -> ConfigSubentry:
    """Return an account's only voice as it is stored."""
    subentries: Mapping[str, ConfigSubentry] = entry.subentries
    [subentry] = subentries.values()
    return subentry
