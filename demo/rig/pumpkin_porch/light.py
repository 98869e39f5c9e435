"""A candle: a light that does at once what it is told, and shows it."""

from typing import Any, override

from homeassistant.components.light import LightEntity
from homeassistant.components.light.const import (
    ATTR_BRIGHTNESS,
    ATTR_RGB_COLOR,
    ColorMode,
    LightEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Light no candle yet."""
    async_add_entities([Candle()])


class Candle(LightEntity):
    """A bulb inside the pumpkin."""

    _attr_name = "Candle"
    _attr_unique_id = "candle"
    _attr_should_poll = False
    _attr_color_mode = ColorMode.RGB
    _attr_supported_features = LightEntityFeature.TRANSITION
    _attr_is_on = False

    def __init__(self) -> None:
        """Hang in a pumpkin, unlit."""
        self._attr_supported_color_modes = {ColorMode.RGB}

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Burn as bright as told."""
        self._attr_is_on = True
        self._attr_brightness = kwargs.get(ATTR_BRIGHTNESS, self._attr_brightness)
        self._attr_rgb_color = kwargs.get(ATTR_RGB_COLOR, self._attr_rgb_color)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Go out."""
        self._attr_is_on = False
        self.async_write_ha_state()
