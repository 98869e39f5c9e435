"""A porch with everything around it that may fail, in virtual time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from typing import Any, Protocol
from unittest.mock import patch

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN, Connection, EventName
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from tests.common import account, async_set_up, voice
from tests.faults.census import census
from tests.faults.device import PorchDevice, porch_device
from tests.faults.held import OWN, async_add_device, no_radio
from tests.faults.house import SERVICE, HouseLoop, house
from tests.faults.line import Line, line_to
from tests.faults.player import PLAYER, VOLUME, HousePlayer, add_player
from tests.faults.satellite import PorchSatellite
from tests.faults.service import Service
from tests.links.satellite import HOST, Sound
from tests.links.virtual_time import now, until
from tests.satellite_bench import Satellite

VOICE_ID = "voice"
ACCOUNT_ID = "account"
_MOST_AHEAD_S = 0.205
OPENING_S = 0.5
"""How long a connection has been opened when it is struck."""

_SAVED_S = 11
"""After how long Home Assistant has written its pipelines to the disk."""

_RECONNECTED_S = 100
VOLUME_PERCENT = 60
"""How loud the voice is to be; the player is at 30 % before and after."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a world is made of."""

    has_player: bool = False
    """The voice speaks through a media player, not through the satellite."""

    has_device: bool = False
    """The voice borrows a device that `esphome` holds, instead of a satellite."""

    certificate: Path | None = None
    """What the service shows when it is asked who it is, with its private key."""

    trusted: SSLContext | None = None
    """What Home Assistant trusts."""


DOOR = Kind()
"""A satellite at the door, and a service without TLS."""

DEVICE = Kind(has_device=True)
"""A device that Home Assistant holds."""


class Ears(Protocol):
    """What hears the visitor."""

    is_spoken_to: bool
    """The visitor speaks just now."""


@dataclass
class World:
    """Everything on and behind the porch."""

    kind: Kind
    service: Service
    line: Line
    satellite: PorchSatellite
    porch_device: PorchDevice | None
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
    held: Satellite | None = None
    """The device in Home Assistant's hands."""

    chosen: str = OWN
    """The assistant that its owner has chosen there."""

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
    def device(self) -> PorchDevice:
        """Return the device of a world that has one."""
        assert self.porch_device is not None
        return self.porch_device

    @property
    def device_at(self) -> Satellite:
        """Return where Home Assistant has the device."""
        assert self.held is not None
        return self.held

    @property
    def ears(self) -> Ears:
        """Return what hears the visitor."""
        return self.device.card if self.kind.has_device else self.satellite

    @property
    def sounds(self) -> list[Sound]:
        """Return what was heard on the porch."""
        if self.kind.has_device:
            return self.device.card.played
        if self.kind.has_player:
            now_there = self.player.speaker.played if self.player else []
            return [*self._heard_before, *now_there]
        return self.satellite.played

    @property
    def complaints(self) -> list[str]:
        """Return what came to devices that they do not expect."""
        of_player = self.player.faults if self.player else []
        of_device = self.porch_device.complaints if self.porch_device else []
        return [*self.satellite.faults, *of_player, *of_device]

    async def switch_on(self) -> None:
        """Start Home Assistant with what its disk holds, and set the voice up."""
        await self._stack.enter_async_context(self._trusting())
        if self.kind.has_device:
            self._stack.enter_context(no_radio())
        _forget_registry_ids(self.storage)
        self.hass = await self._stack.enter_async_context(house(self.storage))
        if self.kind.has_player:
            self.player = await add_player(self.hass)
            self._stack.push_async_callback(self.player.close)
        if self.kind.has_device:
            await self.hold()
        await self.set_up()
        for name in EventName:
            self.hass.bus.async_listen(f"{DOMAIN}_{name}", self._hear)

    async def set_up(self) -> None:
        """Add the account with its voice."""
        scheme = "https" if self.kind.certificate else "http"
        url = f"{scheme}://{SERVICE}:{self.line.port}/v1"
        stored: Any = {**voice(data=self._ends()), "subentry_id": VOICE_ID}
        self.entry = account(url, stored, entry_id=ACCOUNT_ID)
        await async_set_up(self.hass, self.entry)
        self.watch()

    def _ends(self) -> dict[str, Any]:
        """Return the voice's microphone and speaker, as a flow stores them."""
        port = self.satellite.port
        wyoming = {"kind": "wyoming", "host": HOST, "port": port}
        louder = {"speaker_volume": VOLUME_PERCENT}
        if self.held is not None:
            return {
                "microphone": {"kind": "assist", "entity_id": self.held.entity_id},
                **louder,
            }
        if self.kind.has_player:
            speaker = {"kind": "media_player", "entity_id": PLAYER}
            return {"microphone": wyoming, "speaker": speaker, **louder}
        return {"microphone": wyoming}

    async def hold(self) -> None:
        """Let Home Assistant have the device."""
        self.held = await async_add_device(self.hass, self.device)

    async def until_connected(self) -> None:
        """Wait until Home Assistant has the device again."""
        await until(lambda: self._is_connected, _RECONNECTED_S)
        await self.hass.async_block_till_done()

    @property
    def _is_connected(self) -> bool:
        """Tell whether Home Assistant has the device."""
        state = self.hass.states.get(self.device_at.entity_id)
        is_there = state is not None and state.state != STATE_UNAVAILABLE
        return is_there and bool(self.device.status()["connected"])

    async def being_opened(self) -> None:
        """Wait until a microphone is being opened; a device is borrowed by then."""
        if self.held is None:
            await asyncio.sleep(OPENING_S)
        else:
            await until(lambda: self._is_borrowed)

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
        self.player = self.held = None

    async def choose(self, assistant: str) -> None:
        """Choose an assistant at the device, as its owner does."""
        self.chosen = assistant
        data = {"entity_id": self.device_at.assistant, "option": assistant}
        await self.hass.services.async_call(
            "select", "select_option", data, blocking=True
        )

    def begin(self) -> None:
        """Forget what was; another cell begins."""
        self.told.clear()
        self.connections.clear()
        self._heard_before.clear()
        if self.player is not None:
            self.player.speaker.played.clear()
        self.satellite.played.clear()
        if self.porch_device is not None:
            self.porch_device.card.played.clear()
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
        ports = {self.line.port, self.satellite.port, web}
        found = census(self.hass, ports)
        loans = self.storage.get(f"{DOMAIN}.loans", {"data": []})["data"]
        found.update(f"stored loan {loan['kind']}" for loan in loans)
        if self.is_idle:
            found["borrowed volume"] += self._is_louder
            found["borrowed assistant"] += self._is_borrowed
        return +found

    @property
    def _is_louder(self) -> bool:
        """Tell whether the player is as loud as the voice, and not as its owner."""
        return any(
            known is not None and known.volume_level != VOLUME
            for known in (self.player, self.porch_device)
        )

    @property
    def _is_borrowed(self) -> bool:
        """Tell whether the device has another assistant than its owner's."""
        if self.held is None:
            return False
        state = self.hass.states.get(self.held.assistant)
        return state is not None and state.state != self.chosen

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
        device = None
        if kind.has_device:
            device = await stack.enter_async_context(porch_device())
        world = World(kind, service, line, satellite, device)
        stack.push_async_callback(world.switch_off)
        await world.switch_on()
        if world.held is not None:
            await world.choose(OWN)
            await asyncio.sleep(_SAVED_S)
        yield world


def _forget_registry_ids(storage: dict[str, Any]) -> None:
    """Let states be restored by the names of their entities, as until 2026.10.

    The test plugin stores no registry of entities, so they get other ids.
    """
    for stored in storage.get("core.restore_state", {"data": []})["data"]:
        stored.pop("entity_registry_id", None)
