"""A jaw: the angle of a servo, in degrees."""

from typing import override

from homeassistant.components.number import NumberEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Hang the jaw in."""
    async_add_entities([Jaw()])


class Jaw(NumberEntity):
    """A servo that is where it was told to be."""

    _attr_name = "Jaw"
    _attr_unique_id = "jaw"
    _attr_should_poll = False
    _attr_native_min_value = 0
    _attr_native_max_value = 45
    _attr_native_step = 1
    _attr_native_unit_of_measurement = "°"
    _attr_native_value = 0.0

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Turn."""
        self._attr_native_value = value
        self.async_write_ha_state()
