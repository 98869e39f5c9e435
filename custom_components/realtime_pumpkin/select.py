"""Which of the model's voices speaks, as a select."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalog import voices_of
from .const import CONF_PROVIDER, CONF_VOICE, Provider
from .coordinator import VoiceCoordinator
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities([VoiceSelect(coordinator)], config_subentry_id=subentry_id)


class VoiceSelect(VoiceEntity, SelectEntity):
    """The model's voice; a change counts from the next conversation on."""

    _attr_entity_category = EntityCategory.CONFIG

    def __init__(self, coordinator: VoiceCoordinator) -> None:
        """Name the entity."""
        super().__init__(coordinator, "model_voice")

    @property
    @override
    def options(self) -> list[str]:
        """Return the known voices; one that was typed in stays to be chosen."""
        account = self.coordinator.config_entry.data
        provider = Provider(account.get(CONF_PROVIDER, Provider.COMPATIBLE))
        return sorted({*voices_of(provider), self.coordinator.options.voice})

    @property
    @override
    def current_option(self) -> str:
        """Return the voice that is chosen."""
        return self.coordinator.options.voice

    @override
    async def async_select_option(self, option: str) -> None:
        """Store the voice as its form would; nothing is reloaded or ended."""
        subentry = self.coordinator.subentry
        self.hass.config_entries.async_update_subentry(
            self.coordinator.config_entry,
            subentry,
            data={**subentry.data, CONF_VOICE: option},
        )
