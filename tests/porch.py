"""A voice with its server and satellite, as a visitor finds it at the door."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
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


@dataclass
class Porch:
    """A voice at a door, and all that Home Assistant hears of it."""

    hass: HomeAssistant
    entry: MockConfigEntry
    server: LocalServer
    satellite: FakeSatellite
    events: list[Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @callback
    def hear(self, event: Event) -> None:
        """Keep an event of the bus."""
        self.events.append(event)
        self.news.set()

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
        async with asyncio.timeout(15):
            while len(self.named(name)) < count:
                self.news.clear()
                await self.news.wait()
        return self.named(name)[count - 1]


@asynccontextmanager
async def at_the_door(
    hass: HomeAssistant,
    *replies: Reply,
    heard: Sequence[str] = (),
    data: dict[str, Any] | None = None,
    **satellite_options: Any,
) -> AsyncIterator[Porch]:
    """Set up a voice with its server and satellite; unload it at the end."""
    satellite_options.setdefault("most_ahead", 0.5)
    satellite_options.setdefault("sound", lambda _: bytes(CHUNK_MS * 32))
    async with (
        LocalServer(replies, heard).listening() as server,
        on_the_porch(**satellite_options) as satellite,
    ):
        microphone = {"kind": "wyoming", "host": HOST, "port": satellite.port}
        entry = account(
            server.url, voice(data={"microphone": microphone, **(data or {})})
        )
        await async_set_up(hass, entry)
        porch = Porch(hass, entry, server, satellite)
        for name in EventName:
            hass.bus.async_listen(f"{DOMAIN}_{name}", porch.hear)
        try:
            yield porch
        finally:
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()
