"""A voice that listens through a satellite of the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.rehearsal import Reply
from tests.assist.house import Device, house_with
from tests.common import account, async_set_up, voice
from tests.porch import Porch
from tests.scripted_server import LocalServer


@dataclass
class Visit(Porch):
    """A porch whose satellite is a device of another integration."""

    device: Device = None  # type: ignore[assignment] # follows fields with defaults

    def option(self, device: Device | None = None) -> str:
        """Return the assistant that is chosen at a device."""
        state = self.hass.states.get((device or self.device).select_id)
        assert state is not None
        return state.state


@asynccontextmanager
async def visit(
    hass: HomeAssistant,
    device: Device,
    *replies: Reply,
    others: tuple[Device, ...] = (),
    heard: tuple[str, ...] = (),
    data: dict[str, Any] | None = None,
) -> AsyncIterator[Visit]:
    """Set up a voice at a device, with its server; unload all at the end."""
    async with (
        LocalServer(replies, heard).listening() as server,
        house_with(hass, device, *others),
    ):
        microphone = {"kind": "assist", "entity_id": device.entity_id}
        entry = account(
            server.url, voice(data={"microphone": microphone, **(data or {})})
        )
        await async_set_up(hass, entry)
        there = Visit(hass, entry, server, None, device=device)  # type: ignore[arg-type]
        for name in EventName:
            hass.bus.async_listen(f"{DOMAIN}_{name}", there.hear)
        try:
            yield there
        finally:
            if entry.entry_id in {
                e.entry_id for e in hass.config_entries.async_entries()
            }:
                await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()
