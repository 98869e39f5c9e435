"""Tests of how dashboards get the card."""

from http import HTTPStatus

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.dashboard import FOLDER
from tests.common import account, async_set_up

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


class Pages:
    """Stand in for the frontend's list of modules."""

    def __init__(self) -> None:
        """Start without any."""
        self.urls: list[str] = []

    @callback
    def add(self, url: str) -> None:
        """Load a module in every page."""
        self.urls.append(url)

    @callback
    def remove(self, url: str) -> None:
        """Load it no more."""
        self.urls.remove(url)


@pytest.fixture
def pages(hass: HomeAssistant) -> Pages:
    """Return a frontend that keeps what it is told to load."""
    pages = Pages()
    hass.data[DATA_EXTRA_MODULE_URL] = pages  # type: ignore[misc]
    return pages


async def test_the_card_is_loaded_while_an_account_is_set_up(
    hass: HomeAssistant, realtime_url: str, pages: Pages
) -> None:
    """Once, for however many accounts; the last one takes it with it."""
    first, second = account(realtime_url), account(f"{realtime_url}/")
    await async_set_up(hass, first)
    await async_set_up(hass, second)
    [url] = pages.urls
    assert url.startswith(f"/{DOMAIN}/")
    await hass.config_entries.async_unload(first.entry_id)
    assert pages.urls == [url]
    await hass.config_entries.async_unload(second.entry_id)
    assert pages.urls == []
    await hass.config_entries.async_setup(first.entry_id)
    assert pages.urls == [url]
    await hass.config_entries.async_unload(first.entry_id)


async def test_every_module_is_served_below_a_path_that_changes_with_them(
    hass: HomeAssistant,
    realtime_url: str,
    pages: Pages,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """A browser may keep them for a month; a new version has a new path."""
    entry = account(realtime_url)
    await async_set_up(hass, entry)
    [url] = pages.urls
    client = await hass_client_no_auth()
    for path in FOLDER.rglob("*.js"):
        name = path.relative_to(FOLDER).as_posix()
        answer = await client.get(f"{url.rpartition('/')[0]}/{name}")
        assert answer.status == HTTPStatus.OK
        assert "max-age" in answer.headers["Cache-Control"]
        assert "javascript" in answer.headers["Content-Type"]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_house_without_a_frontend_needs_no_card(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """The account is set up and unloaded all the same."""
    assert await async_setup_component(hass, "http", {})
    entry = account(realtime_url)
    await async_set_up(hass, entry)
    assert DATA_EXTRA_MODULE_URL not in hass.data
    assert await hass.config_entries.async_unload(entry.entry_id)
