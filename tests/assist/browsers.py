"""Browsers whose Assist dialogs talk with a voice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.realtime_pumpkin.rehearsal import Reply
from tests.assist.dialog import Dialog
from tests.assist.visit import Visit, voice_at


class Browsers:
    """Whoever opens the dialog."""

    def __init__(
        self,
        hass: HomeAssistant,
        sockets: WebSocketGenerator,
        http: ClientSessionGenerator,
    ) -> None:
        """Know how to connect."""
        self._hass = hass
        self._sockets = sockets
        self._http = http

    async def open(self) -> Dialog:
        """Open the dialog in another browser."""
        return Dialog(self._hass, await self._sockets(), await self._http())

    @asynccontextmanager
    async def talk(
        self, *replies: Reply, **options: Any
    ) -> AsyncIterator[tuple[Visit, Dialog]]:
        """Have a voice and a dialog with it."""
        async with voice_at(
            self._hass, "assist_satellite.nowhere", *replies, **options
        ) as visit:
            yield visit, await self.open()
