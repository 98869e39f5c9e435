"""Two voices on one porch, for tests of the ensemble."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Reply, Say
from custom_components.realtime_pumpkin.theatre.ensemble import async_get_ensemble
from tests.common import account, voice
from tests.links.satellite import FakeSatellite, on_the_porch
from tests.porch import QUIET, Listening, microphone_at
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
class Duo(Listening):
    """Two voices, each with its satellite."""

    satellites: dict[str, FakeSatellite]

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
        return await self.until_told(partial(self.told, name, who), count)

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
    async with (
        LocalServer(replies).listening() as server,
        on_the_porch(**QUIET) as first,
        on_the_porch(**QUIET) as second,
    ):
        satellites = {PUMPKIN: first, GHOST: second}
        voices = [
            voice(name, {**ON_STAGE, **data, "microphone": microphone_at(satellite)})
            for name, satellite in zip(
                ("Pumpkin", "Ghost"), satellites.values(), strict=True
            )
        ]
        duo = Duo(hass, account(server.url, *voices), server, satellites)
        async with duo.loaded():
            yield duo


def begin(duo: Duo, who: str) -> float:
    """Return when a satellite began to play."""
    return duo.satellites[who].played[0].begin


def end(duo: Duo, who: str) -> float:
    """Return when a satellite's last sound ended."""
    return duo.satellites[who].played[-1].end
