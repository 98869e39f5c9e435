"""A voice that listens through a satellite that Home Assistant has connected."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.rehearsal import Reply, ServerOptions
from tests.assist.house import Device, house_with
from tests.common import account, only_voice, voice
from tests.links.satellite import FakeSatellite
from tests.porch import Porch
from tests.scripted_server import LocalServer


@dataclass
class Visit(Porch):
    """A porch without a Wyoming satellite."""

    satellite: FakeSatellite = field(init=False)

    @property
    def coordinator(self) -> VoiceCoordinator:
        """Return the voice."""
        return only_voice(self.entry)

    async def end(self, *, goodbye: bool = False) -> dict[str, Any]:
        """Stop the conversation and return how it was."""
        count = len(self.named(EventName.CONVERSATION_ENDED)) + 1
        await self.act("stop_conversation", goodbye=goodbye)
        return await self.until(EventName.CONVERSATION_ENDED, count)


@asynccontextmanager
async def voice_at(
    hass: HomeAssistant,
    satellite: str,
    *replies: Reply,
    heard: tuple[str, ...] = (),
    data: dict[str, Any] | None = None,
    options: ServerOptions | None = None,
) -> AsyncIterator[Visit]:
    """Set up a voice at a satellite (its entity id); unload it at the end."""
    microphone = {"kind": "assist", "entity_id": satellite}
    async with LocalServer(replies, heard, options).listening() as server:
        stored = voice(data={"microphone": microphone, **(data or {})})
        visit = Visit(hass, account(server.url, stored), server)
        async with visit.loaded():
            yield visit


@asynccontextmanager
async def visit(
    hass: HomeAssistant,
    device: Device,
    *replies: Reply,
    others: tuple[Device, ...] = (),
    **options: Any,
) -> AsyncIterator[Visit]:
    """Have a house with devices, and a voice at the first of them."""
    async with (
        house_with(hass, device, *others),
        voice_at(hass, device.entity_id, *replies, **options) as porch,
    ):
        yield porch


def option(hass: HomeAssistant, device: Device) -> str:
    """Return the assistant that is chosen at a device."""
    state = hass.states.get(device.select_id)
    assert state is not None
    return state.state
