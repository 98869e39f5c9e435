"""What a benchmark does inside of Home Assistant: control, players, stub engines.

An integration for the benchmark's own Home Assistant, which loads it from its folder.
"""

import asyncio
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PORT, EVENT_HOMEASSISTANT_STARTED, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .control import Control
from .players import Porch

DOMAIN: Final = "pumpkin_bench"
CONFIG_SCHEMA: Final = vol.Schema(
    {DOMAIN: {vol.Required(CONF_PORT): cv.port}}, extra=vol.ALLOW_EXTRA
)
_ENGINES: Final = (Platform.CONVERSATION, Platform.STT, Platform.TTS)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Take orders once Home Assistant has started."""
    control = Control(hass)

    async def async_listen(event: Event) -> None:
        """Open the port that the benchmark waits for."""
        port = config[DOMAIN][CONF_PORT]
        await asyncio.start_server(control.async_serve, "127.0.0.1", port)

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STARTED, async_listen)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Set up players, plain devices, or the stub engines."""
    platforms: tuple[Platform, ...] = _ENGINES
    if CONF_PORT in entry.data:
        entry.runtime_data = await Porch.at(entry.data[CONF_PORT])
        platforms = (Platform.MEDIA_PLAYER,)
    elif "devices" in entry.data:
        platforms = (Platform.SENSOR,)
    await hass.config_entries.async_forward_entry_setups(entry, platforms)
    return True
