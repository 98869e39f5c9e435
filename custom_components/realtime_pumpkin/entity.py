"""What the entities of a voice have in common."""

import time
from typing import override

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import CONTEXT_RECENT_TIME_SECONDS
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import VoiceCoordinator


class VoiceEntity(CoordinatorEntity[VoiceCoordinator]):
    """A face of one voice: its subentry is its device."""

    _attr_has_entity_name = True
    _shown: object = None
    _cause: Context | None = None
    """The context of the last action on the entity."""

    _acted_at: float = -CONTEXT_RECENT_TIME_SECONDS
    """When that was, in seconds of `time.monotonic`."""

    def __init__(self, coordinator: VoiceCoordinator, key: str) -> None:
        """Name the entity within its device."""
        super().__init__(coordinator)
        self._attr_translation_key = key
        self._attr_unique_id = f"{coordinator.subentry.subentry_id}_{key}"

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the voice as a device; asked for once, so no entity keeps it."""
        voice = self.coordinator
        return DeviceInfo(
            identifiers={(DOMAIN, voice.subentry.subentry_id)},
            name=voice.subentry.title,
            manufacturer=voice.config_entry.title,
            model=voice.options.model,
            entry_type=DeviceEntryType.SERVICE,
        )

    @property
    def shown(self) -> object:
        """Return all that the state is made of, so far as the voice may change it.

        What never changes is the default: a button, or an engine of Assist.
        """
        return None

    @callback
    @override
    def async_set_context(self, context: Context) -> None:
        """Remember on whose behalf Home Assistant acts on the entity now."""
        super().async_set_context(context)
        self._cause, self._acted_at = context, time.monotonic()

    @callback
    @override
    def _async_write_ha_state(self) -> None:
        """Write the state as the doing of whoever led to the conversation.

        An action on the entity itself comes first, as with any entity.
        """
        cause = self.coordinator.events.cause
        is_acted_on = time.monotonic() - self._acted_at < CONTEXT_RECENT_TIME_SECONDS
        if cause is not None and not is_acted_on:
            super().async_set_context(cause)
        super()._async_write_ha_state()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show what is new: most that happens in a turn is of one or two entities."""
        shown = (self.available, self.shown)
        if shown != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()

    @override
    async def async_update(self) -> None:
        """Fetch nothing when asked to: the coordinator tells what is new."""


@callback
def async_remove(hass: HomeAssistant, platform: Platform, entity: VoiceEntity) -> None:
    """Remove what a voice had and has no more; nothing where it had none."""
    registry = er.async_get(hass)
    unique_id = str(entity.unique_id)
    entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
    if entity_id is not None:
        registry.async_remove(entity_id)
