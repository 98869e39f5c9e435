"""A satellite that Home Assistant's own `wyoming` integration holds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import override

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from wyoming.event import Event
from wyoming.info import Attribution, Info, Satellite

from custom_components.realtime_pumpkin.disabled_entries import (
    async_get_disabled_entries,
)
from tests.common import account, async_set_up, only_subentry, voice
from tests.links.satellite import CHUNK_MS, HOST, FakeSatellite

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

ENTITY_ID = "assist_satellite.porch"
ASSISTANT = "select.porch_assistant"


def described() -> Event:
    """Return what the satellite says about itself, as Home Assistant reads it."""
    maker = Attribution(name="Acme", url="http://acme.example")
    porch = Satellite(
        name="Porch", attribution=maker, installed=True, description=None, version="1"
    )
    return Info(satellite=porch).event()


@dataclass
class WakeWordSatellite(FakeSatellite):
    """Wait for its wake word, which nobody says."""

    info: Event | None = field(default_factory=described)
    pipeline: Event | None = None
    is_muted: bool = True
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, kind: str, count: int = 1) -> None:
        """Wait for the n-th event of a kind."""
        async with asyncio.timeout(5):
            while len(self.seen(kind)) < count:
                self._news.clear()
                await self._news.wait()

    @override
    async def _obey(self, event: Event, writer: asyncio.StreamWriter) -> None:
        """Tell whoever waits."""
        await super()._obey(event, writer)
        self._news.set()


@asynccontextmanager
async def held(
    hass: HomeAssistant,
) -> AsyncIterator[tuple[WakeWordSatellite, MockConfigEntry]]:
    """Have a satellite to which Home Assistant has connected."""
    satellite = WakeWordSatellite(sound=lambda _: bytes(CHUNK_MS * 32))
    await satellite.start()
    entry = MockConfigEntry(
        domain="wyoming", title="Porch", data={"host": HOST, "port": satellite.port}
    )
    try:
        await async_set_up(hass, entry)
        await satellite.until("run-satellite")
        yield satellite, entry
        assert satellite.faults == []
    finally:
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
            await satellite.until("pause-satellite")
        await satellite.stop()


async def test_a_disabled_wyoming_entry_stays_disabled_over_a_reload(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """It comes back, and connects, when the voice that needs it is removed."""
    async with held(hass) as (satellite, lender):
        journal = async_get_disabled_entries(hass)
        await journal.async_borrow(lender.entry_id)
        address = {"host": HOST, "port": satellite.port}
        microphone = {
            **address,
            "kind": "wyoming",
            "disabled_entry_id": lender.entry_id,
        }
        entry = account(realtime_url, voice(data={"microphone": microphone}))
        await async_set_up(hass, entry)
        journal.release(lender.entry_id)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert lender.disabled_by is ConfigEntryDisabler.USER
        assert lender.state is ConfigEntryState.NOT_LOADED
        assert len(satellite.seen("run-satellite")) == 1
        subentry_id = only_subentry(entry).subentry_id
        hass.config_entries.async_remove_subentry(entry, subentry_id)
        await hass.async_block_till_done()
        assert lender.disabled_by is None
        await satellite.until("run-satellite", 2)
        await hass.config_entries.async_unload(entry.entry_id)
