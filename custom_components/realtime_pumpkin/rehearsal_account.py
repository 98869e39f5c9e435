"""The rehearsal: a Realtime server's core in this process, no key and no cloud."""

import asyncio
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .realtime.connection import RealtimeConnection

if TYPE_CHECKING:
    from .rehearsal_socket import Playhouse

_PLAYHOUSE: Final[HassKey[asyncio.Future[Playhouse]]] = HassKey(f"{DOMAIN}_playhouse")


class RehearsalAccount:
    """Open sessions that play the same play, with another greeting each night."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read nothing before the first session."""
        self._hass = hass
        self._nights = 0

    async def async_connect(self, model: str) -> RealtimeConnection:
        """Open a session in this process; its sounds are read once."""
        if _PLAYHOUSE not in self._hass.data:
            self._hass.data[_PLAYHOUSE] = self._hass.async_add_executor_job(_build)
        playhouse = await asyncio.shield(self._hass.data[_PLAYHOUSE])
        socket = playhouse.open(self._nights)
        self._nights += 1
        return RealtimeConnection(socket)


def _build() -> Playhouse:
    """Import the server and read its clips; houses with a key never do."""
    from .rehearsal_socket import Playhouse  # noqa: PLC0415 - a sixth of our modules

    return Playhouse()
