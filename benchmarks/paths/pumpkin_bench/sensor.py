"""Sensors that show nothing: what Home Assistant needs for any entity."""

from typing import Any

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add as many devices with as many sensors as the entry says."""
    async_add_entities(
        Nothing(entry.entry_id, device, number)
        for device in range(entry.data["devices"])
        for number in range(entry.data["entities"])
    )


class Nothing(SensorEntity):
    """A sensor without a value."""

    _attr_should_poll = False
    _attr_has_entity_name = True

    def __init__(self, entry_id: str, device: int, number: int) -> None:
        """Belong to a device."""
        self._attr_name = f"Nothing {number}"
        self._attr_unique_id = f"{entry_id}_{device}_{number}"
        self._attr_device_info = DeviceInfo(
            identifiers={("pumpkin_bench", f"{entry_id}_{device}")},
            name=f"Nobody {device}",
        )
