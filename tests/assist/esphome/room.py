"""A house with a satellite that Home Assistant's `esphome` integration holds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.rehearsal import Reply
from demo.esphome_device.assistant import Phase
from demo.esphome_device.device import Device
from demo.esphome_device.record import Record
from demo.esphome_device.sound import OwnCard
from tests.assist.visit import Visit, voice_at
from tests.porch import GOODBYE, GREETING
from tests.satellite_bench import Satellite

type MakeRoom = Callable[..., Awaitable["Room"]]

OWN = "preferred"
"""The assistant that a satellite's owner has, where nothing else was chosen."""


@dataclass(frozen=True, slots=True)
class Room:
    """A satellite, and the voices that come to it."""

    hass: HomeAssistant
    satellite: Satellite

    @property
    def device(self) -> Device:
        """Return what a person can press, mute and unplug."""
        return self.satellite.device

    @property
    def record(self) -> Record:
        """Return what the device was told and did."""
        return self.satellite.device.record

    @property
    def card(self) -> OwnCard:
        """Return its sound card."""
        return self.satellite.card

    async def until(self, true: Callable[[], bool], within_s: float = 10.0) -> None:
        """Wait until something is true that changes when the device does something."""
        await self.satellite.until(true, within_s)

    async def act(self, action: str, **data: Any) -> None:
        """Call an action of Home Assistant, such as `select.select_option`."""
        domain, _, name = action.partition(".")
        await self.hass.services.async_call(domain, name, data, blocking=True)

    async def choose(self, name: str) -> None:
        """Choose an assistant at the satellite, as its owner does."""
        assistant = self.satellite.assistant
        await self.act("select.select_option", entity_id=assistant, option=name)

    @asynccontextmanager
    async def voice(self, *replies: Reply, **options: Any) -> AsyncIterator[Visit]:
        """Have a voice there; without replies it says its first line and goodbye."""
        lines = replies or (GREETING, GOODBYE)
        async with voice_at(
            self.hass, self.satellite.entity_id, *lines, **options
        ) as visit:
            yield visit

    @asynccontextmanager
    async def talking(self, *replies: Reply, **options: Any) -> AsyncIterator[Visit]:
        """Have a conversation whose voice has said its first line."""
        async with self.voice(*replies, **options) as visit:
            await visit.act("start_conversation")
            await visit.until(EventName.ITEM_FINISHED)
            assert self.satellite.selected == OWN
            yield visit

    async def over(self, visit: Visit) -> dict[str, Any]:
        """Return how the conversation was; the device is idle on its own assistant."""
        ended = await visit.until(EventName.CONVERSATION_ENDED)
        await self.satellite.until_phase(Phase.IDLE)
        assert self.satellite.selected == OWN
        state = self.hass.states.get(self.satellite.entity_id)
        assert state is not None
        assert state.state in ("idle", "unavailable")
        return ended

    def of_player(self, what: str) -> list[str]:
        """Return the addresses of what its player did: fetch, sound, played, dropped."""
        return [entry.detail["url"] for entry in self.record.all(what)]
