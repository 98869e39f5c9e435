"""What every test needs so that Home Assistant finds this integration."""

# First of all imports: the test plugin's own `custom_components` is a package and
# would win over ours, which is a bare folder as in a user's configuration.
import custom_components  # noqa: F401  # isort: skip

from collections.abc import AsyncIterator, Iterator
from unittest.mock import AsyncMock, patch

from aiohttp.test_utils import TestClient
from homeassistant.components.ffmpeg import FFmpegManager
from homeassistant.components.http import HomeAssistantHTTP
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin.links.stream_view import (
    AudioStreams,
    async_get_streams,
)
from tests.common import SET_UP, account, async_set_up, voice
from tests.realtime_server import KEY, realtime_server
from tests.satellite_bench import add_satellite, satellite  # noqa: F401

# The same examples in every run, however slow the machine is.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def find_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant look for custom integrations, in tests that have one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the loop's debug mode, which the test plugin has on, to `--asyncio-debug`.

    It keeps the whole stack of every future: two thirds of a test's time.
    """


async def _nothing(*_: object) -> None:
    """Stand in for what no test needs, and remember nothing of it."""


@pytest.fixture(autouse=True, scope="session")
def ffmpeg_is_not_asked() -> Iterator[None]:
    """Spare each set-up of `ffmpeg` a process that tells its version."""
    with patch.object(FFmpegManager, "async_get_version", _nothing):
        yield


@pytest.fixture(autouse=True, scope="session")
def disable_http_server() -> Iterator[None]:
    """Start no server, as the test plugin's, which patches anew for each test."""
    with (
        patch.object(HomeAssistantHTTP, "async_bind", _nothing),
        patch.object(HomeAssistantHTTP, "start", _nothing),
    ):
        yield


@pytest.fixture
async def homeassistant_component(hass: HomeAssistant) -> None:
    """Set up `homeassistant`, without which `conversation` cannot be set up."""
    assert await async_setup_component(hass, "homeassistant", {})


@pytest.fixture
async def realtime_url(socket_enabled: None) -> AsyncIterator[str]:
    """Serve Realtime sessions for the tests' key and yield the base URL."""
    async with realtime_server(key=KEY) as url:
        yield url


@pytest.fixture
async def loaded_entry(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> AsyncIterator[MockConfigEntry]:
    """Yield an account with one voice, set up, and unload it again."""
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    yield entry
    if hass.config_entries.async_get_entry(entry.entry_id):
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def probe() -> Iterator[AsyncMock]:
    """Let every satellite answer well unless a test says otherwise."""
    with patch(
        "custom_components.realtime_pumpkin.flows.microphone.async_probe", AsyncMock()
    ) as async_probe:
        yield async_probe


@pytest.fixture
def trial() -> Iterator[AsyncMock]:
    """Let every speaker be heard unless a test says otherwise."""
    heard = AsyncMock(return_value=None)
    path = "custom_components.realtime_pumpkin.flows.speaker.async_speaker_failure"
    with patch(path, heard):
        yield heard


@pytest.fixture
def wyoming_setup() -> Iterator[None]:
    """Let Home Assistant's Wyoming integration set up and unload at once."""
    with (
        patch(
            "homeassistant.components.wyoming.async_setup_entry", return_value=SET_UP
        ),
        patch(
            "homeassistant.components.wyoming.async_unload_entry", return_value=SET_UP
        ),
    ):
        yield


@pytest.fixture
async def streams(hass: HomeAssistant) -> AudioStreams:
    """Return the streams of a Home Assistant with its web server."""
    assert await async_setup_component(hass, "http", {})
    return async_get_streams(hass)


@pytest.fixture
async def stranger(
    streams: AudioStreams, hass_client_no_auth: ClientSessionGenerator
) -> TestClient:
    """Return somebody in the network who cannot log in, such as a player."""
    return await hass_client_no_auth()
