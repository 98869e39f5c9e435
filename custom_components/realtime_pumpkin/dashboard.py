"""The card: served by Home Assistant and offered to every dashboard."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import (
    DATA_EXTRA_MODULE_URL,
    add_extra_js_url,
    remove_extra_js_url,
)
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

FOLDER: Final = Path(__file__).parent / "www"
MODULE: Final = "realtime-pumpkin-card.js"

_URL: Final[HassKey[str]] = HassKey(f"{DOMAIN}_card_url")
_USERS: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_card_users")


async def async_serve_card(hass: HomeAssistant) -> None:
    """Serve the card's files below a path that changes whenever they do.

    Modules name each other by relative paths, so the folder has to change: a
    query at the first of them would leave the others to the browser's cache.
    """
    integration = await async_get_integration(hass, DOMAIN)
    digest = await hass.async_add_executor_job(_digest)
    path = f"/{DOMAIN}/{integration.version}-{digest}"
    await hass.http.async_register_static_paths(
        [StaticPathConfig(path, str(FOLDER), cache_headers=True)]
    )
    hass.data[_URL] = f"{path}/{MODULE}"
    hass.data[_USERS] = set()


@callback
def async_offer_card(hass: HomeAssistant, entry_id: str) -> Callable[[], None]:
    """Load the card in every dashboard while an account is set up.

    Returns what takes it back; the last account to go takes the card with it.
    """
    users, url = hass.data[_USERS], hass.data[_URL]
    # A house without a frontend has nobody to show it to.
    if DATA_EXTRA_MODULE_URL not in hass.data:
        return users.clear
    if not users:
        add_extra_js_url(hass, url)
    users.add(entry_id)

    @callback
    def take_back() -> None:
        """Offer it no more for this account."""
        users.discard(entry_id)
        if not users:
            remove_extra_js_url(hass, url)

    return take_back


def _digest() -> str:
    """Return a short name for what the files contain."""
    found = sha256()
    for path in sorted(FOLDER.rglob("*.js")):
        found.update(path.read_bytes())
    return found.hexdigest()[:8]
