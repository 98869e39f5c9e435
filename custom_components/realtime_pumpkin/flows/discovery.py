"""Wyoming satellites that announce themselves in the network.

Home Assistant's own Wyoming integration has its zeroconf look for them, so all
that is heard lies in the shared cache: nothing is sent and nothing waits.
"""

from typing import Final

from homeassistant.components import zeroconf
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectOptionDict
from zeroconf.asyncio import AsyncServiceInfo

_ZEROCONF: Final = "zeroconf"
SERVICE_TYPE: Final = "_wyoming._tcp.local."


async def async_found(hass: HomeAssistant) -> list[SelectOptionDict]:
    """Return the Wyoming services of the network, each as `host:port`."""
    if _ZEROCONF not in hass.config.components:
        return []
    instance = await zeroconf.async_get_instance(hass)
    options: dict[str, str] = {}
    for record in instance.cache.entries_with_name(SERVICE_TYPE):
        if (alias := getattr(record, "alias", None)) is None:
            continue
        service = AsyncServiceInfo(SERVICE_TYPE, alias)
        if not service.load_from_cache(instance):
            continue
        for host in service.parsed_addresses()[:1]:
            name = alias.removesuffix(f".{SERVICE_TYPE}")
            options[f"{host}:{service.port}"] = f"{name} ({host}:{service.port})"
    return [SelectOptionDict(value=at, label=name) for at, name in options.items()]


def split_address(host: str, port: int) -> tuple[str, int]:
    """Return host and port; a port that was typed behind the host wins."""
    name, separator, behind = host.strip().rpartition(":")
    if separator and ":" not in name and behind.isdecimal() and int(behind) <= 65535:
        return name, int(behind)
    return host.strip(), port
