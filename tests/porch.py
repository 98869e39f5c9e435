"""A voice with its server and satellite, as a visitor finds it at the door."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Reply, Say
from tests.common import VOICE_ENTITY_ID, account, async_set_up, voice
from tests.links.satellite import CHUNK_MS, HOST, FakeSatellite, on_the_porch
from tests.scripted_server import LocalServer

GREETING = Say("Welcome!", duration_ms=200)
GOODBYE = Plan(
    (
        Say("Goodbye!", duration_ms=300),
        Call("finish_conversation", {"reason": "done", "summary": "A visit."}),
    )
)


QUIET: Final[dict[str, Any]] = {
    "most_ahead": 0.5,
    "sound": lambda _: bytes(CHUNK_MS * 32),
}
"""A satellite that hears nobody."""

type Told = Callable[[], list[dict[str, Any]]]
"""Return what events have told by now."""


@dataclass
class Listening:
    """Voices, and all that Home Assistant hears of them."""

    hass: HomeAssistant
    entry: MockConfigEntry
    server: LocalServer
    events: list[Event] = field(default_factory=list, init=False)
    news: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    stops: list[CALLBACK_TYPE] = field(default_factory=list, init=False)
    """Call them to hear no more of the bus."""

    @callback
    def hear(self, event: Event) -> None:
        """Keep an event of the bus."""
        self.events.append(event)
        self.news.set()

    async def until_told(self, told: Told, count: int) -> dict[str, Any]:
        """Wait until something was told so often; return the last of it."""
        async with asyncio.timeout(20):
            while len(told()) < count:
                self.news.clear()
                await self.news.wait()
        return told()[count - 1]

    @asynccontextmanager
    async def loaded(self) -> AsyncIterator[None]:
        """Set the account up and listen; unload it at the end, if it is still there."""
        await async_set_up(self.hass, self.entry)
        self.stops = [
            self.hass.bus.async_listen(f"{DOMAIN}_{name}", self.hear)
            for name in EventName
        ]
        try:
            yield
        finally:
            entry_id = self.entry.entry_id
            if self.hass.config_entries.async_get_entry(entry_id) is not None:
                await self.hass.config_entries.async_unload(entry_id)
            await self.hass.async_block_till_done()


@dataclass
class Porch(Listening):
    """A voice at a door."""

    satellite: FakeSatellite

    async def act(self, action: str, **data: Any) -> Any:
        """Call one of our actions for the voice; return its response if it has one."""
        return await self.hass.services.async_call(
            DOMAIN,
            action,
            {"entity_id": VOICE_ENTITY_ID, **data},
            blocking=True,
            return_response=action in ("start_conversation", "ask"),
        )

    def named(self, name: EventName) -> list[dict[str, Any]]:
        """Return the data of the events of a name."""
        kind = f"{DOMAIN}_{name}"
        return [dict(e.data) for e in self.events if e.event_type == kind]

    async def until(self, name: EventName, count: int = 1) -> dict[str, Any]:
        """Wait for the n-th event of a name and return its data."""
        return await self.until_told(partial(self.named, name), count)


def microphone_at(satellite: FakeSatellite) -> dict[str, Any]:
    """Return a microphone of the form."""
    return {"kind": "wyoming", "host": HOST, "port": satellite.port}


@asynccontextmanager
async def at_the_door(
    hass: HomeAssistant,
    *replies: Reply,
    heard: Sequence[str] = (),
    data: dict[str, Any] | None = None,
    **satellite_options: Any,
) -> AsyncIterator[Porch]:
    """Set up a voice with its server and satellite; unload it at the end."""
    async with (
        LocalServer(replies, heard).listening() as server,
        on_the_porch(**{**QUIET, **satellite_options}) as satellite,
    ):
        stored = {"microphone": microphone_at(satellite), **(data or {})}
        porch = Porch(hass, account(server.url, voice(data=stored)), server, satellite)
        async with porch.loaded():
            yield porch
