"""Satellites of another integration: entities that do what a device would do."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.components.assist_pipeline import (
    AssistPipelineSelect,
    PipelineEvent,
    PipelineEventType,
)
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.media_player import (
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
)
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from custom_components.realtime_pumpkin.links.stream_view import async_get_streams
from tests.common import SET_UP
from tests.links.test_stream import Reader

MAKER = "test"
CHUNK = bytes(320)
CHUNK_S = 0.01
PLATFORMS = ("assist_satellite", "select", "media_player")


@dataclass
class Device:
    """A device in the house: a microphone, a player, and who chose its assistant."""

    name: str
    manufacturer: str = "Acme"
    model: str = "Ear"
    clip_s: float = 0.05
    never_finishes: bool = False
    ignores_the_start: bool = False
    is_mute: bool = False
    can_be_started: bool = True
    has_player: bool = True
    says: bytes = b""
    """What its microphone hears before the silence: PCM s16le mono 16 kHz."""
    satellite: Satellite = field(init=False, repr=False)
    player: Player = field(init=False, repr=False)
    select: AssistPipelineSelect = field(init=False, repr=False)

    @property
    def info(self) -> DeviceInfo:
        """Return what the registry knows of it."""
        return DeviceInfo(
            identifiers={(MAKER, self.name)},
            name=self.name,
            manufacturer=self.manufacturer,
            model=self.model,
        )

    @property
    def entity_id(self) -> str:
        """Return the satellite's entity id."""
        return f"assist_satellite.{self.name}_satellite"

    @property
    def select_id(self) -> str:
        """Return the entity id of the choice of its assistant."""
        return f"select.{self.name}_assistant"

    @property
    def player_id(self) -> str:
        """Return the player's entity id."""
        return f"media_player.{self.name}_player"

    def make(self, hass: HomeAssistant, domain: str) -> list[Entity]:
        """Return the device's entities of a domain."""
        match domain:
            case "assist_satellite":
                self.satellite = Satellite(self)
                return [self.satellite]
            case "select":
                self.select = AssistPipelineSelect(hass, MAKER, self.name)
                self.select._attr_device_info = self.info
                self.select._attr_name = "Assistant"
                self.select._attr_has_entity_name = True
                return [self.select]
            case _ if self.has_player:
                self.player = Player(self)
                return [self.player]
        return []


class Satellite(AssistSatelliteEntity):
    """The microphone of a device."""

    _attr_has_entity_name = True
    _attr_name = "Satellite"

    def __init__(self, device: Device) -> None:
        """Be idle."""
        self.device = device
        self._attr_unique_id = f"{device.name}-satellite"
        self._attr_device_info = device.info
        self._attr_supported_features = AssistSatelliteEntityFeature.ANNOUNCE
        if device.can_be_started:
            self._attr_supported_features |= (
                AssistSatelliteEntityFeature.START_CONVERSATION
            )
        self.events: list[PipelineEvent] = []
        self.clips: list[str] = []
        self.sent = 0
        self.is_asked = asyncio.Event()
        self._ends = asyncio.Event()
        self._run: asyncio.Task[None] | None = None
        self.option_at_start: str | None = None

    @property
    @override
    def pipeline_entity_id(self) -> str | None:
        """Return where the assistant is chosen."""
        return self.device.select_id

    @property
    def kinds(self) -> list[PipelineEventType]:
        """Return what the pipeline told, in order."""
        return [event.type for event in self.events]

    @property
    def texts(self) -> list[str]:
        """Return what was understood, as the pipeline tells it."""
        return [
            event.data["stt_output"]["text"]
            for event in self.events
            if event.type is PipelineEventType.STT_END and event.data
        ]

    @override
    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        """Play something."""
        self.clips.append(announcement.media_id)
        await asyncio.sleep(self.device.clip_s)

    @override
    async def async_start_conversation(
        self, start_announcement: AssistSatelliteAnnouncement
    ) -> None:
        """Play something, then listen."""
        self.clips.append(start_announcement.media_id)
        self.is_asked.set()
        if self.device.never_finishes:
            await asyncio.Event().wait()
        if self.device.ignores_the_start:
            return
        opening = self._play_and_listen()
        playing = self.hass.async_create_background_task(opening, "device")
        await asyncio.shield(playing)

    async def _play_and_listen(self) -> None:
        """Do what the device does, whoever still waits for it."""
        await asyncio.sleep(self.device.clip_s)
        self.hass.loop.call_soon(self.wake)

    def wake(self) -> None:
        """Hear the wake word."""
        state = self.hass.states.get(self.device.select_id)
        self.option_at_start = state.state if state else None
        self._ends = asyncio.Event()
        self._run = self.hass.async_create_background_task(
            self.async_accept_pipeline_from_satellite(self._hear(self._ends)),
            "satellite",
        )

    def press(self) -> None:
        """Stop what is going on, as a button does."""
        if self._pipeline_task is not None:
            self._pipeline_task.cancel()

    def hang_up(self) -> None:
        """End the sound."""
        self._ends.set()

    async def _hear(self, ends: asyncio.Event) -> AsyncIterator[bytes]:
        """Stream in real time until it is ended; what somebody says comes at once."""
        for at in range(0, len(self.device.says), len(CHUNK)):
            yield self.device.says[at : at + len(CHUNK)]
        while not ends.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHUNK_S):
                    await ends.wait()
            if not self.device.is_mute and not ends.is_set():
                self.sent += 1
                yield CHUNK

    @override
    def on_pipeline_event(self, event: PipelineEvent) -> None:
        """Keep what the pipeline tells."""
        self.events.append(event)

    @override
    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        """Refuse: there are no wake words."""
        raise NotImplementedError

    @override
    async def async_set_configuration(
        self, config: AssistSatelliteConfiguration
    ) -> None:
        """Refuse: there are no wake words."""
        raise NotImplementedError


class Player(MediaPlayerEntity):
    """The speaker of a device; it plays announcements only."""

    _attr_has_entity_name = True
    _attr_name = "Player"
    _attr_supported_features = (
        MediaPlayerEntityFeature.PLAY_MEDIA
        | MediaPlayerEntityFeature.MEDIA_ANNOUNCE
        | MediaPlayerEntityFeature.STOP
    )

    def __init__(self, device: Device) -> None:
        """Be silent."""
        self._attr_unique_id = f"{device.name}-player"
        self._attr_device_info = device.info
        self.played: list[tuple[str, bool]] = []
        self.readers: list[Reader] = []

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Fetch what is to be played."""
        self.played.append((media_id, bool(kwargs.get("announce"))))
        token = media_id.rsplit("/", 1)[1].split(".", maxsplit=1)[0]
        stream = async_get_streams(self.hass).find(token)
        if stream is not None:
            self.readers.append(Reader(stream.fetch(lambda: None)))

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Stop to fetch."""
        for reader in self.readers:
            await reader.hang_up()


@contextlib.asynccontextmanager
async def house_with(
    hass: HomeAssistant, *devices: Device
) -> AsyncIterator[MockConfigEntry]:
    """Have an integration with these devices for a while."""
    await async_process_ha_core_config(hass, {"internal_url": "http://10.0.0.2:8123"})

    async def set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool | None:
        """Set up the platforms."""
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        return SET_UP

    async def unload(hass: HomeAssistant, entry: ConfigEntry) -> bool | None:
        """Unload the platforms."""
        await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
        return SET_UP

    module = MockModule(MAKER, async_setup_entry=set_up, async_unload_entry=unload)
    mock_integration(hass, module)
    mock_platform(hass, f"{MAKER}.config_flow", None)
    assert await async_setup_component(hass, "assist_pipeline", {})
    for domain in PLATFORMS:
        _mock_platform(hass, domain, devices)
    entry = MockConfigEntry(domain=MAKER)
    entry.add_to_hass(hass)
    with mock_config_flow(MAKER, ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        try:
            yield entry
        finally:
            for device in devices:
                device.satellite.hang_up()
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()


def _mock_platform(
    hass: HomeAssistant, domain: str, devices: tuple[Device, ...]
) -> None:
    """Let the integration have the devices' entities of a domain."""

    async def add(
        hass: HomeAssistant,
        entry: ConfigEntry,
        async_add_entities: AddConfigEntryEntitiesCallback,
    ) -> None:
        """Add them."""
        for device in devices:
            async_add_entities(device.make(hass, domain))

    mock_platform(hass, f"{MAKER}.{domain}", MockPlatform(async_setup_entry=add))
