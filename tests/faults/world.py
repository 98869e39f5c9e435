"""A porch with everything around it that may fail, in virtual time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from typing import Any
from unittest.mock import patch

from homeassistant.core import Event, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN, Connection, EventName
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from tests.common import account, async_set_up, voice
from tests.faults.census import census
from tests.faults.house import SERVICE, HouseLoop, house
from tests.faults.line import Line, line_to
from tests.faults.player import PLAYER, VOLUME, HousePlayer, add_player
from tests.faults.satellite import PorchSatellite
from tests.faults.service import Service
from tests.links.satellite import HOST, Sound
from tests.links.virtual_time import now

VOICE_ID = "voice"
_MOST_AHEAD_S = 0.205
VOLUME_PERCENT = 60
"""How loud the voice is to be; the player is at 30 % before and after."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a world is made of."""

    has_player: bool = False
    """The voice speaks through a media player, not through the satellite."""

    certificate: Path | None = None
    """What the service shows when it is asked who it is, with its private key."""

    trusted: SSLContext | None = None
    """What Home Assistant trusts."""


DOOR = Kind()
"""A satellite at the door, and a service without TLS."""


@dataclass
class World:
    """Everything on and behind the porch."""

    kind: Kind
    service: Service
    line: Line
    satellite: PorchSatellite
    storage: dict[str, Any] = field(default_factory=dict)
    told: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    """When which events of ours were on the bus."""

    connections: list[tuple[float, Connection]] = field(default_factory=list)
    """When the voice's connection changed, and to what."""

    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    hass: HomeAssistant = field(init=False)
    entry: MockConfigEntry = field(init=False)
    player: HousePlayer | None = None
    _heard_before: list[Sound] = field(default_factory=list)
    """What was heard of a player before a restart."""

    @property
    def loop(self) -> HouseLoop:
        """Return the loop, which knows the service's name."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, HouseLoop)
        return loop

    @property
    def coordinator(self) -> VoiceCoordinator | None:
        """Return the voice; None where it is set up no more."""
        data = getattr(self.entry, "runtime_data", None)
        voices = data.voices if data is not None else {}
        return next(iter(voices.values()), None)

    @property
    def voice(self) -> VoiceCoordinator:
        """Return the voice, which is there."""
        assert self.coordinator is not None, (self.entry.state, self.entry.reason)
        return self.coordinator

    @property
    def is_idle(self) -> bool:
        """Tell whether no conversation runs."""
        coordinator = self.coordinator
        return coordinator is None or coordinator.data.conversation_id is None

    @property
    def entity_id(self) -> str:
        """Return what the voice's entity is called just now."""
        found = self.voice.events.entity_id
        assert found is not None
        return found

    @property
    def sounds(self) -> list[Sound]:
        """Return what was heard on the porch."""
        if self.kind.has_player:
            now_there = self.player.speaker.played if self.player else []
            return [*self._heard_before, *now_there]
        return self.satellite.played

    async def switch_on(self) -> None:
        """Start Home Assistant with what its disk holds, and set the voice up."""
        await self._stack.enter_async_context(self._trusting())
        self.hass = await self._stack.enter_async_context(house(self.storage))
        if self.kind.has_player:
            self.player = await add_player(self.hass)
            self._stack.push_async_callback(self.player.close)
        await self.set_up()
        for name in EventName:
            self.hass.bus.async_listen(f"{DOMAIN}_{name}", self._hear)

    async def set_up(self) -> None:
        """Add the account with its voice."""
        scheme = "https" if self.kind.certificate else "http"
        data: dict[str, Any] = {
            "microphone": {
                "kind": "wyoming",
                "host": HOST,
                "port": self.satellite.port,
            }
        }
        if self.kind.has_player:
            data["speaker"] = {"kind": "media_player", "entity_id": PLAYER}
            data["speaker_volume"] = VOLUME_PERCENT
        stored = {**voice(data=data), "subentry_id": VOICE_ID}
        self.entry = account(f"{scheme}://{SERVICE}:{self.line.port}/v1", stored)  # type: ignore[arg-type]
        await async_set_up(self.hass, self.entry)
        self.watch()

    def watch(self) -> None:
        """Note how the voice's connection is from now on."""
        coordinator = self.voice

        @callback
        def look() -> None:
            """Note a change."""
            self._news.set()
            connection = coordinator.data.connection
            if not self.connections or self.connections[-1][1] != connection:
                self.connections.append((now(), connection))

        coordinator.async_add_listener(look)

    async def switch_off(self) -> None:
        """Stop Home Assistant as it stops itself."""
        if self.player is not None:
            self.player.speaker.silence()
            self._heard_before += self.player.speaker.played
        await self._stack.aclose()
        self.player = None

    def begin(self) -> None:
        """Forget what was; another cell begins."""
        self.told.clear()
        self.connections.clear()
        self._heard_before.clear()
        if self.player is not None:
            self.player.speaker.played.clear()
        self.satellite.played.clear()
        self.satellite.pcm.clear()
        self.satellite.most_ahead = _MOST_AHEAD_S

    async def until(self, true: Callable[[], object], within_s: float) -> bool:
        """Wait until something is true of the voice; tell whether it became so."""
        try:
            async with asyncio.timeout(within_s):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    def named(self, *names: EventName) -> list[dict[str, Any]]:
        """Return what the events of some names said."""
        return [data for _, name, data in self.told if name in names]

    def census(self) -> Counter[str]:
        """Count what the integration holds."""
        web = int(str(self.hass.config.internal_url).rpartition(":")[2])
        found = census(self.hass, {self.line.port, self.satellite.port, web})
        found["borrowed volume"] += self.is_idle and self._is_louder
        return +found

    @property
    def _is_louder(self) -> bool:
        """Tell whether the player is as loud as the voice, and not as its owner."""
        return self.player is not None and self.player.volume_level != VOLUME

    @callback
    def _hear(self, event: Event) -> None:
        """Keep an event of ours."""
        name = event.event_type.removeprefix(f"{DOMAIN}_")
        self.told.append((now(), name, dict(event.data)))
        self._news.set()

    @asynccontextmanager
    async def _trusting(self) -> AsyncIterator[None]:
        """Let Home Assistant trust whom it trusts in this world."""
        if self.kind.trusted is None:
            yield
            return
        path = "custom_components.realtime_pumpkin.client.get_default_context"
        with patch(path, return_value=self.kind.trusted):
            yield


@asynccontextmanager
async def world_of(kind: Kind) -> AsyncIterator[World]:
    """Have a world for a while, switched on and used once."""
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(Service(kind.certificate).listening())
        line = await stack.enter_async_context(line_to(service.port))
        satellite = PorchSatellite(most_ahead=_MOST_AHEAD_S)
        await satellite.start()
        stack.push_async_callback(satellite.stop)
        world = World(kind, service, line, satellite)
        stack.push_async_callback(world.switch_off)
        await world.switch_on()
        yield world
