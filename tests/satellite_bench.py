"""A satellite that Home Assistant's own `esphome` integration holds, for tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp.test_utils import TestServer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.esphome_device.assistant import Phase
from demo.esphome_device.description import Description
from demo.esphome_device.device import HOST, Device
from demo.esphome_device.sound import OwnCard

type AddSatellite = Callable[..., Awaitable["Satellite"]]


@dataclass(frozen=True, slots=True)
class Satellite:
    """A device in the test's own event loop, and its entities in Home Assistant."""

    hass: HomeAssistant
    device: Device
    card: OwnCard
    entry: MockConfigEntry
    entity_id: str
    """Its `assist_satellite`."""

    player: str
    """Its `media_player`."""

    assistant: str
    """The `select` of its assistant; the pipelines' names are its options."""

    async def until(self, true: Callable[[], bool], within_s: float = 10.0) -> None:
        """Wait until something is true; looked at whenever the device does something."""
        await self.device.record.until(true, within_s)

    async def until_phase(self, phase: Phase, within_s: float = 10.0) -> None:
        """Wait until the device is in a phase, such as idle or streaming_microphone."""
        await self.until(lambda: self.device.assistant.phase is phase, within_s)

    @property
    def selected(self) -> str:
        """Return which assistant is selected: a pipeline's name, or `preferred`."""
        state = self.hass.states.get(self.assistant)
        assert state is not None
        return state.state


@pytest.fixture
async def add_satellite(
    hass: HomeAssistant,
    homeassistant_component: None,
    socket_enabled: None,
    enable_bluetooth: None,
    mock_async_zeroconf: object,
) -> AsyncIterator[AddSatellite]:
    """Yield what adds a fake ESPHome device, held by the real `esphome` integration.

    `satellite = await add_satellite()` switches a device on in this event loop, sets
    the integration up and returns a `Satellite`; its arguments are `Description`'s
    (`name="hall", friendly_name="Hall", mac=…, formats=(Format("flac"),)`), `pace`
    (how much faster than ours the device's own time is: microphone and speaker;
    1.0 is the default) and `echo_db`. Several can be added.

    Home Assistant's web server listens at `hass.config.internal_url`, so that the
    device fetches what it is told to play over HTTP. What the device got and did is
    in `satellite.device.record` (`runs[-1].bytes_sent`, `counts["< …"]`, `all("sound")`),
    its phase in `satellite.device.assistant.phase`. A person: `device.press()`,
    `.wake()`, `.mute()`. Trouble: `.misbehave(never_finish=True, finish_late_s=…,
    deaf=…, refuse_media=…, stalled=…)`, `.say_finished()`, `.end_audio()`, `.die()`
    and `await .revive()`. What a visitor says: `satellite.card.say(pcm)`; what was
    played: `satellite.card.played`.

    At the end everything is unloaded and switched off, and a device that got what the
    firmware would not have expected fails the test (`device.record.complaints`).
    """
    satellites: list[Satellite] = []
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_web_server(hass))

        async def add(
            *, pace: float = 1.0, echo_db: float | None = None, **description: object
        ) -> Satellite:
            card = OwnCard(pace=pace, echo_db=echo_db)
            device = Device(Description(**description), card, pace=pace)  # type: ignore[arg-type]
            stack.push_async_callback(device.close)
            await device.start()
            satellite = await async_hold(hass, device, card)
            stack.push_async_callback(_unload, hass, satellite.entry)
            satellites.append(satellite)
            return satellite

        yield add
    for satellite in satellites:
        assert satellite.device.record.complaints == []


@pytest.fixture
async def satellite(add_satellite: AddSatellite) -> Satellite:
    """Return one device named Porch without formats; see `add_satellite`."""
    return await add_satellite()


@asynccontextmanager
async def _web_server(hass: HomeAssistant) -> AsyncIterator[None]:
    """Let Home Assistant's web server listen, which the test plugin forbids it."""
    assert await async_setup_component(hass, "http", {})
    # As its own start does: what is set up later still gets its addresses.
    hass.http.app._router.freeze = lambda: None  # type: ignore[method-assign]
    async with TestServer(hass.http.app, host=HOST) as server:
        hass.config.internal_url = str(server.make_url("")).rstrip("/")
        yield


async def async_hold(
    hass: HomeAssistant, device: Device, card: OwnCard, entry_id: str | None = None
) -> Satellite:
    """Set the integration up as its flow would have stored the device."""
    entry = MockConfigEntry(
        domain="esphome",
        entry_id=entry_id,
        title=device.description.friendly_name,
        unique_id=device.description.mac.lower(),
        data={
            "host": HOST,
            "port": device.port,
            "password": "",
            "noise_psk": "",
            "device_name": device.description.name,
        },
    )
    entry.add_to_hass(hass)
    # The last that it asks for: by then every entity is there.
    asked = "< SubscribeHomeAssistantStatesRequest"
    before = device.record.counts[asked]
    assert await hass.config_entries.async_setup(entry.entry_id)
    await device.record.until(lambda: device.record.counts[asked] > before)
    await hass.async_block_till_done()
    found = _entities(hass, entry)
    return Satellite(
        hass,
        device,
        card,
        entry,
        found[Platform.ASSIST_SATELLITE],
        found[Platform.MEDIA_PLAYER],
        found[Platform.SELECT],
    )


def _entities(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, str]:
    """Return the device's entities by domain; of its selects the first assistant."""
    return {
        known.domain: known.entity_id
        for known in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if known.domain != Platform.SELECT or known.unique_id.endswith("-pipeline")
    }


async def _unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload the integration, where the test has not done so."""
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
