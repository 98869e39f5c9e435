"""The things on the demo's porch: a candle, a jaw and a camera, as Home Assistant's.

An integration for the demo's own Home Assistant, which loads it from its folder.
"""

from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.discovery import async_load_platform
from homeassistant.helpers.typing import ConfigType

DOMAIN: Final = "pumpkin_porch"
_PLATFORMS: Final = (Platform.CAMERA, Platform.LIGHT, Platform.NUMBER)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Put the things on the porch."""
    for platform in _PLATFORMS:
        hass.async_create_task(
            async_load_platform(hass, platform, DOMAIN, {}, config), f"load {platform}"
        )
    return True
