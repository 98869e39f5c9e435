"""What the entities of a voice have in common."""

from typing import override

from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import VoiceCoordinator


class VoiceEntity(CoordinatorEntity[VoiceCoordinator]):
    """A face of one voice: its subentry is its device."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: VoiceCoordinator, key: str) -> None:
        """Name the entity within its device."""
        super().__init__(coordinator)
        subentry = coordinator.subentry
        self._attr_translation_key = key
        self._attr_unique_id = f"{subentry.subentry_id}_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            manufacturer=coordinator.config_entry.title,
            model=coordinator.options.model,
            entry_type=DeviceEntryType.SERVICE,
        )

    @override
    async def async_update(self) -> None:
        """Fetch nothing when asked to: the coordinator tells what is new."""
