"""The web server that players fetch from, and somebody in the network."""

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin.links.stream_view import (
    AudioStreams,
    async_get_streams,
)


@pytest.fixture
async def streams(hass: HomeAssistant) -> AudioStreams:
    """Return the streams of a Home Assistant with its web server."""
    assert await async_setup_component(hass, "http", {})
    return async_get_streams(hass)


@pytest.fixture
async def stranger(
    streams: AudioStreams, hass_client_no_auth: ClientSessionGenerator
) -> TestClient:
    """Return somebody in the network who cannot log in."""
    return await hass_client_no_auth()
