"""Tests of the satellite that a voice is told to listen through."""

from unittest.mock import AsyncMock, MagicMock, patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from zeroconf import DNSAddress, DNSPointer, DNSRecord, DNSService, DNSText
from zeroconf._cache import DNSCache

from custom_components.realtime_pumpkin.flows.discovery import (
    SERVICE_TYPE,
    split_address,
)
from custom_components.realtime_pumpkin.links.errors import (
    LinkError,
    SatelliteModeUnsupported,
    SatelliteNotASatellite,
    SatelliteOccupied,
    SatelliteSilent,
    SatelliteUnreachable,
)
from tests.voice_flow import (
    ADDRESS,
    async_fill,
    async_go_on,
    async_reconfigure,
    async_to,
    choices,
    shown,
)

pytestmark = pytest.mark.usefixtures("probe")


@pytest.mark.parametrize(
    "failure",
    [
        SatelliteUnreachable(host="porch.local", port="10700", error="refused"),
        SatelliteOccupied(host="porch.local", port="10700"),
        SatelliteNotASatellite(host="porch.local", port="10700"),
        SatelliteModeUnsupported(host="porch.local", mode="wake"),
        SatelliteSilent(host="porch.local", port="10700"),
    ],
)
async def test_a_satellite_that_cannot_listen_is_shown_at_its_field(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    probe: AsyncMock,
    failure: LinkError,
) -> None:
    """The next try may succeed."""
    result = await async_to(hass, loaded_entry, "address")
    probe.side_effect = failure
    result = await async_fill(hass, result, ADDRESS)
    assert result["errors"] == {"host": failure.translation_key}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert failure.placeholders.items() <= placeholders.items()
    assert shown(result) == ADDRESS
    probe.side_effect = None
    result = await async_fill(hass, result, ADDRESS)
    assert result["step_id"] == "speaker"


async def test_a_satellite_of_home_assistants_own_is_not_even_tried(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """It would answer, and then stay silent for ever."""
    MockConfigEntry(domain="wyoming", title="Porch", data=ADDRESS).add_to_hass(hass)
    result = await async_to(hass, loaded_entry, "address")
    result = await async_fill(hass, result, ADDRESS)
    assert result["errors"] == {"host": "satellite_taken"}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["name"] == "Porch"
    probe.assert_not_awaited()


@pytest.mark.usefixtures("trial")
async def test_a_satellite_that_stays_is_not_tried_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """It may be in the middle of a conversation with us."""
    stored = {"host": "192.0.2.7", "port": 10700}
    result = await async_go_on(
        hass, await async_reconfigure(hass, loaded_entry), "address"
    )
    assert shown(result) == stored
    result = await async_fill(hass, result, stored)
    assert result["step_id"] == "speaker"
    probe.assert_not_awaited()


async def test_satellites_in_the_network_are_offered(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, mock_zeroconf: MagicMock
) -> None:
    """Home Assistant has heard them already; nobody has to wait."""
    form = (await async_to(hass, loaded_entry, "address"))["data_schema"]
    assert form is not None
    assert form.schema["host"].selector_type == "text"
    hass.config.components.add("zeroconf")
    name = f"Porch satellite.{SERVICE_TYPE}"
    gone = f"Gone.{SERVICE_TYPE}"
    records: list[DNSRecord] = [
        DNSPointer(SERVICE_TYPE, 12, 1, 4500, name),
        DNSPointer(SERVICE_TYPE, 12, 1, 4500, gone),
        DNSService(SERVICE_TYPE, 33, 1, 120, 0, 0, 1, "odd.local."),
        DNSText(name, 16, 1, 4500, b""),
    ]
    service = DNSService(name, 33, 1, 120, 0, 0, 10701, "porch.local.")
    address = DNSAddress("porch.local.", 1, 1, 120, bytes([192, 0, 2, 9]))
    cache = DNSCache()
    cache.async_add_records([*records, service, address])
    instance = MagicMock(cache=cache)
    path = "homeassistant.components.zeroconf.async_get_instance"
    with patch(path, return_value=instance):
        result = await async_to(hass, loaded_entry, "address")
        assert choices(result, "host") == {
            "192.0.2.9:10701": "Porch satellite (192.0.2.9:10701)"
        }


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("porch:10701", ("porch", 10701)),
        (" porch ", ("porch", 1)),
        ("porch:99999", ("porch:99999", 1)),
        ("fe80::1", ("fe80::1", 1)),
        ("porch:x", ("porch:x", 1)),
    ],
)
def test_a_port_behind_the_host_wins(host: str, found: tuple[str, int]) -> None:
    """An IPv6 address has colons of its own."""
    assert split_address(host, 1) == found
