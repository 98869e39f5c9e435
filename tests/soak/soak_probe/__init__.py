"""Tell how late Home Assistant's event loop is, and what piles up in it.

An integration for the soak's own Home Assistant, which loads it from its folder.
"""

from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey

from .census import census, collect, objects, tasks
from .lag import Lag

DOMAIN: Final = "soak_probe"
_LAG: Final[HassKey[Lag]] = HassKey(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Watch the loop until Home Assistant stops."""
    lag = hass.data[_LAG] = Lag()
    hass.async_create_background_task(lag.watch(), "soak probe")
    for command in (_settle, _count, _forget_lag, _read_lag):
        websocket_api.async_register_command(hass, command)
    return True


@callback
@websocket_api.websocket_command({"type": "soak_probe/settle"})
def _settle(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Collect all that is garbage."""
    collect()
    connection.send_result(msg["id"])


@callback
@websocket_api.websocket_command({"type": "soak_probe/census"})
def _count(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Count everything; stops the loop for as long as that takes."""
    told = {"counts": census(hass), "tasks": dict(tasks()), "objects": dict(objects())}
    connection.send_result(msg["id"], told)


@callback
@websocket_api.websocket_command({"type": "soak_probe/forget_lag"})
def _forget_lag(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Measure the lag from now on."""
    hass.data[_LAG].forget()
    connection.send_result(msg["id"])


@callback
@websocket_api.websocket_command({"type": "soak_probe/lag"})
def _read_lag(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell how late the loop was."""
    connection.send_result(msg["id"], hass.data[_LAG].summary())
