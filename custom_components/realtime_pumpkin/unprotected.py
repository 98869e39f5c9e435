"""Accounts whose key leaves the house without encryption, told as a repair."""

from ipaddress import ip_address
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from yarl import URL

from .const import CONF_BASE_URL, DOMAIN

ISSUE: Final = "key_exposed"
_LOCAL_DOMAINS: Final = frozenset(
    {
        *("arpa", "corp", "home", "internal", "intranet", "lan", "local"),
        *("localdomain", "localhost", "private"),
    }
)
"""What names of a house's own network end with; nobody else's ever do."""


def is_exposed(url: str) -> bool:
    """Tell whether a key leaves the house unprotected on its way to a base URL.

    A name in a house's own network, or an address that the internet does not know,
    counts as within the house.
    """
    try:
        parsed = URL(url)
    except ValueError:  # Nothing is sent to what is no address.
        return False
    if parsed.scheme != "http":
        return False
    host = (parsed.raw_host or "").rstrip(".")
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and host.rpartition(".")[2] not in _LOCAL_DOMAINS


@callback
def async_check_address(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Warn where an account's key would leave the house unprotected."""
    url = entry.data.get(CONF_BASE_URL, "")
    if not is_exposed(url):
        async_forget_address(hass, entry)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(entry.entry_id),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE,
        translation_placeholders={"account": entry.title, "url": url},
    )


@callback
def async_forget_address(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what was said of an account's address."""
    ir.async_delete_issue(hass, DOMAIN, issue_id(entry.entry_id))


def issue_id(entry_id: str) -> str:
    """Return the id of the issue of an account's address."""
    return f"{ISSUE}_{entry_id}"
