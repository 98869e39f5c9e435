"""A real Home Assistant in virtual time, with its web server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC
import socket
from typing import Any, override

from aioesphomeapi import APIConnectionError
from aiohttp.test_utils import TestServer
from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.runner import configure_event_loop
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    async_test_home_assistant,
    mock_storage,
)

from tests.links.satellite import HOST
from tests.links.virtual_time import VirtualTimeLoop

SERVICE = "realtime.test"
"""The name under which the service is found, as long as names are."""


class HouseLoop(VirtualTimeLoop):
    """A loop in virtual time that knows one name."""

    def __init__(self) -> None:
        """Find the service's name."""
        super().__init__()
        configure_event_loop(self)
        del self.time  # It puts the real clock there, for speed.
        self.knows_names = True

    @override
    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> list[Any]:
        """Return where a name is; raise `gaierror` as a resolver without one does."""
        if host not in (SERVICE, HOST) or (host == SERVICE and not self.knows_names):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        family, kind = socket.AF_INET, socket.SOCK_STREAM
        return [(family, kind, socket.IPPROTO_TCP, "", (HOST, int(port or 0)))]


@asynccontextmanager
async def house(storage: dict[str, Any]) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant whose disk is `storage`; stop it as it stops itself."""
    complaints: list[str] = []

    def complain(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Keep what nobody caught."""
        error = context.get("exception")
        if isinstance(error, APIConnectionError):
            return  # Home Assistant's own pipeline talks to a dead device.
        complaints.append(f"{context['message']}: {error!r}")

    async with AsyncExitStack() as stack:
        stack.enter_context(mock_storage(storage))
        hass = await stack.enter_async_context(async_test_home_assistant())
        # The test plugin wants it so between tests; we run through several.
        dt_util.set_default_time_zone(UTC)
        asyncio.get_running_loop().set_exception_handler(complain)
        frame.async_setup(hass)
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        assert await async_setup_component(hass, "homeassistant", {})
        assert await async_setup_component(hass, "http", {})
        # As its own start does: what is set up later still gets its addresses.
        hass.http.app._router.freeze = lambda: None  # type: ignore[method-assign]
        server = await stack.enter_async_context(TestServer(hass.http.app, host=HOST))
        hass.config.internal_url = str(server.make_url("")).rstrip("/")
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)
    assert not complaints, complaints
