"""Two voices on one porch, for tests of the ensemble."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Reply, Say
from custom_components.realtime_pumpkin.theatre.ensemble import async_get_ensemble
from tests.common import account, async_set_up, voice
from tests.links.satellite import CHUNK_MS, HOST, FakeSatellite, on_the_porch
from tests.scripted_server import LocalServer

PUMPKIN: Final = "assist_satellite.pumpkin"


GHOST: Final = "assist_satellite.ghost"


ON_STAGE: Final[dict[str, Any]] = {"stage_name": "Porch", "hands_over": True}


LONG = Say("Once upon a time. " * 10, duration_ms=5000)


WISH = "Tell of the cellar."


def letting(name: str, *words: Say) -> Plan:
    """Return an answer that lets another voice go on."""
    return Plan((*words, Call("hand_over", {"to": name, "wish": WISH})))


@dataclass
class Duo:
    """Two voices, each with its satellite, and what the bus tells of them."""

    hass: HomeAssistant
    entry: MockConfigEntry
    server: LocalServer
    satellites: dict[str, FakeSatellite]
    events: list[Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @callback
    def hear(self, event: Event) -> None:
        """Keep an event of the bus."""
        self.events.append(event)
        self.news.set()

    async def act(self, action: str, who: str, **data: Any) -> Any:
        """Call one of our actions for a voice."""
        return await self.hass.services.async_call(
            DOMAIN,
            action,
            {"entity_id": who, **data},
            blocking=True,
            return_response=action == "start_conversation",
        )

    def told(self, name: EventName, who: str) -> list[dict[str, Any]]:
        """Return what an event told of a voice, each time."""
        return [
            dict(event.data)
            for event in self.events
            if event.event_type == f"{DOMAIN}_{name}" and event.data["entity_id"] == who
        ]

    async def until(self, name: EventName, who: str, count: int = 1) -> dict[str, Any]:
        """Wait for the n-th event of a voice."""
        async with asyncio.timeout(20):
            while len(self.told(name, who)) < count:
                self.news.clear()
                await self.news.wait()
        return self.told(name, who)[count - 1]

    async def ended(self, who: str, count: int = 1) -> str:
        """Wait for the end of a voice's conversation; return its reason."""
        event = await self.until(EventName.CONVERSATION_ENDED, who, count)
        return str(event["reason"])

    def coordinator(self, name: str) -> VoiceCoordinator:
        """Return a voice by its title."""
        voices: dict[str, VoiceCoordinator] = self.entry.runtime_data.voices
        [found] = (each for each in voices.values() if each.name == name)
        return found

    @property
    def is_stage_free(self) -> bool:
        """Tell whether nobody holds the stage."""
        return async_get_ensemble(self.hass).lock("name porch").is_unused


@asynccontextmanager
async def on_one_porch(
    hass: HomeAssistant, *replies: Reply, **data: Any
) -> AsyncIterator[Duo]:
    """Set up a pumpkin and a ghost on one stage; unload them at the end."""
    options: dict[str, Any] = {
        "most_ahead": 0.5,
        "sound": lambda _: bytes(CHUNK_MS * 32),
    }
    async with (
        LocalServer(replies).listening() as server,
        on_the_porch(**options) as first,
        on_the_porch(**options) as second,
    ):
        satellites = {PUMPKIN: first, GHOST: second}
        voices = [
            voice(name, {**ON_STAGE, **data, "microphone": microphone_at(satellite)})
            for name, satellite in zip(
                ("Pumpkin", "Ghost"), satellites.values(), strict=True
            )
        ]
        entry = account(server.url, *voices)
        await async_set_up(hass, entry)
        duo = Duo(hass, entry, server, satellites)
        for name in EventName:
            hass.bus.async_listen(f"{DOMAIN}_{name}", duo.hear)
        try:
            yield duo
        finally:
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()


def microphone_at(satellite: FakeSatellite) -> dict[str, Any]:
    """Return a microphone of the form."""
    return {"kind": "wyoming", "host": HOST, "port": satellite.port}


def begin(duo: Duo, who: str) -> float:
    """Return when a satellite began to play."""
    return duo.satellites[who].played[0].begin


def end(duo: Duo, who: str) -> float:
    """Return when a satellite's last sound ended."""
    return duo.satellites[who].played[-1].end
