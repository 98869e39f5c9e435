"""Who a voice is and which of the model's voices speaks, as selects.

A change counts from the next conversation on; nothing is reloaded or ended.
"""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.select import SelectEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalog import voices_of
from .character import become, persona_of, personas_for
from .const import CONF_PROVIDER, CONF_VOICE, Provider
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry
from .personas import SIGNAL_GALLERY, Gallery, async_get_gallery, async_known_gallery

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of each voice."""
    await async_get_gallery(hass)
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [
                VoiceSelect(coordinator, "model_voice"),
                PersonaSelect(coordinator, "persona"),
            ],
            config_subentry_id=subentry_id,
        )


class _StoredSelect(VoiceEntity, SelectEntity):
    """A select of something that the voice's form stores as well."""

    _attr_entity_category = EntityCategory.CONFIG

    @property
    @override
    def shown(self) -> object:
        """Return what is stored."""
        return self._data

    @property
    def _data(self) -> Mapping[str, Any]:
        """Return what is stored."""
        return self.coordinator.subentry.data

    @property
    def _voices(self) -> list[str]:
        """Return the voices that the account's provider has."""
        account = self.coordinator.config_entry.data
        provider = Provider(account.get(CONF_PROVIDER, Provider.COMPATIBLE))
        return voices_of(provider)

    def _store(self, data: Mapping[str, Any]) -> None:
        """Store what was chosen."""
        self.hass.config_entries.async_update_subentry(
            self.coordinator.config_entry, self.coordinator.subentry, data=data
        )


class VoiceSelect(_StoredSelect):
    """The model's voice."""

    @property
    @override
    def options(self) -> list[str]:
        """Return the known voices; one that was typed in stays to be chosen."""
        return sorted({*self._voices, self.coordinator.options.voice})

    @property
    @override
    def current_option(self) -> str:
        """Return the voice that is chosen."""
        return self.coordinator.options.voice

    @override
    async def async_select_option(self, option: str) -> None:
        """Take another voice."""
        self._store({**self._data, CONF_VOICE: option})


class PersonaSelect(_StoredSelect):
    """Who the voice is; what was written by hand is found again."""

    @override
    async def async_added_to_hass(self) -> None:
        """Show whom the voice can be whenever the files are read anew."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, SIGNAL_GALLERY, self.async_write_ha_state
            )
        )

    @property
    def _gallery(self) -> Gallery:
        """Return all characters."""
        return async_known_gallery(self.hass)

    @property
    @override
    def options(self) -> list[str]:
        """Return the names of whom the voice can be."""
        return [one.name for one in personas_for(self._data, self._gallery)]

    @property
    @override
    def current_option(self) -> str:
        """Return the name of who the voice is."""
        return self._gallery.get(persona_of(self._data)).name

    @override
    async def async_select_option(self, option: str) -> None:
        """Become somebody else."""
        [persona, *_] = (
            one for one in personas_for(self._data, self._gallery) if one.name == option
        )
        self._store(become(self._data, persona, self._voices))
