"""Which entities are voices, and who runs them."""

from homeassistant.components.assist_satellite import DOMAIN as SATELLITE_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .coordinator import VoiceCoordinator
from .models import RealtimePumpkinConfigEntry


def voices_among(hass: HomeAssistant, entity_ids: set[str]) -> set[str]:
    """Return those entities that stand for a voice; other satellites are none."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id))
        and entry.platform == DOMAIN
        and entry.domain == SATELLITE_DOMAIN
    }


def voice_of(hass: HomeAssistant, entity_id: str) -> VoiceCoordinator | None:
    """Return the coordinator of an entity of ours, or None where none runs."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.config_entry_id is None:
        return None
    account: RealtimePumpkinConfigEntry | None = hass.config_entries.async_get_entry(
        entry.config_entry_id
    )
    if account is None or account.state is not ConfigEntryState.LOADED:
        return None
    return account.runtime_data.voices.get(entry.config_subentry_id or "")
