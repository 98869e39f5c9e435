"""A satellite that Home Assistant's own `wyoming` integration holds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_get_persistent_notifications,
)
from wyoming.asr import Transcript
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Attribution, Info, Satellite
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.wake import Detection

from custom_components.realtime_pumpkin import porch_check
from custom_components.realtime_pumpkin.const import (
    CONF_CALIBRATION,
    CONVERSATION_OVER,
    EventName,
)
from custom_components.realtime_pumpkin.disabled_entries import (
    async_get_disabled_entries,
)
from custom_components.realtime_pumpkin.links.satellite_state import (
    async_wait_for_state,
)
from tests.assist.house import Device, house_with
from tests.assist.visit import voice_at
from tests.common import account, async_set_up, only_subentry, voice
from tests.links.satellite import CHUNK_MS, HOST, FakeSatellite
from tests.porch import GOODBYE, GREETING

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

ENTITY_ID = "assist_satellite.porch"
ASSISTANT = "select.porch_assistant"
WORD_S = 0.5


def described() -> Event:
    """Return what the satellite says about itself, as Home Assistant reads it."""
    maker = Attribution(name="Acme", url="http://acme.example")
    porch = Satellite(
        name="Porch", attribution=maker, installed=True, description=None, version="1"
    )
    return Info(satellite=porch).event()


@dataclass
class WakeWordSatellite(FakeSatellite):
    """Hear the wake word itself, then stream until the words were understood."""

    info: Event | None = field(default_factory=described)
    pipeline: Event | None = None
    is_muted: bool = True
    goes_on: bool = False
    """Send sound that Home Assistant takes for another run."""

    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def wake(self, word: str) -> None:
        """Hear a wake word, which takes time to say."""
        assert self._owner is not None
        await asyncio.sleep(WORD_S)
        await self.send(Detection(name=word).event())
        stages = PipelineStage.ASR, PipelineStage.TTS
        await self.send(RunPipeline(*stages).event())
        self.is_muted = False
        self._start_microphone(self._owner)

    async def _go_on(self) -> None:
        """Let a wake word and some sound be taken for a new run, once the old one ended."""
        sound = self._chunk(bytes(self.microphone.bytes_of(CHUNK_MS)))
        while len(self.seen("transcribe")) < 2:
            await self.send(Detection(name="hoo").event())
            await self.send(sound)
            await asyncio.sleep(CHUNK_MS / 1000)

    async def until(self, kind: str, count: int = 1) -> None:
        """Wait for the n-th event of a kind."""
        async with asyncio.timeout(5):
            while len(self.seen(kind)) < count:
                self._news.clear()
                await self._news.wait()

    @override
    async def _obey(self, event: Event, writer: asyncio.StreamWriter) -> None:
        """Stop to stream as soon as a run is over."""
        if Transcript.is_type(event.type) or Error.is_type(event.type):
            self.is_muted = True
            if self.goes_on:
                self.goes_on = False
                self._own(self._go_on())
        await super()._obey(event, writer)
        self._news.set()


@asynccontextmanager
async def held(
    hass: HomeAssistant,
) -> AsyncIterator[tuple[WakeWordSatellite, MockConfigEntry]]:
    """Have a satellite to which Home Assistant has connected."""
    satellite = WakeWordSatellite(sound=lambda _: bytes(CHUNK_MS * 32))
    await satellite.start()
    entry = MockConfigEntry(
        domain="wyoming", title="Porch", data={"host": HOST, "port": satellite.port}
    )
    try:
        await async_set_up(hass, entry)
        await satellite.until("run-satellite")
        yield satellite, entry
        assert satellite.faults == []
    finally:
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
            await satellite.until("pause-satellite")
        await satellite.stop()


async def choose(hass: HomeAssistant) -> None:
    """Choose the voice as the satellite's assistant, as its owner does."""
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": ASSISTANT, "option": "Pumpkin"},
        blocking=True,
    )


def at_the_hall(hall: Device) -> dict[str, Any]:
    """Return the data of a voice that speaks through the hall's player."""
    return {"speaker": {"kind": "media_player", "entity_id": hall.player_id}}


async def test_each_wake_word_at_a_wyoming_satellite_is_a_conversation(
    hass: HomeAssistant,
) -> None:
    """Its run ends with a text that nobody says, without an error or a tone."""
    hall = Device("hall")
    replies = (GREETING, GOODBYE, GREETING, GOODBYE)
    async with (
        house_with(hass, hall),
        held(hass) as (satellite, _),
        voice_at(hass, ENTITY_ID, *replies, data=at_the_hall(hall)) as visit,
    ):
        await choose(hass)
        # Two words: Home Assistant takes one that comes twice for an echo.
        for number, word in enumerate(("boo", "hoo"), 1):
            await satellite.wake(word)
            await visit.until(EventName.AUDIO_STARTED, 2 * number - 1)
            assert hass.states.is_state(ENTITY_ID, "listening")
            await visit.act("add_message", role="user", text="Bye!", respond=True)
            ended = await visit.until(EventName.CONVERSATION_ENDED, number)
            assert ended["reason"] == "finished"
            await satellite.until("transcript", number)
            assert await async_wait_for_state(hass, ENTITY_ID, "idle".__eq__, 5)
        texts = [event.data["text"] for _, event in satellite.seen("transcript")]
        assert texts == [CONVERSATION_OVER] * 2
        for kind in ("error", "synthesize", "audio-start"):
            assert satellite.seen(kind) == []
        assert len(satellite.seen("transcribe")) == 2
        assert len(hall.player.played) == 4


async def test_sound_that_was_on_its_way_at_the_end_begins_no_conversation(
    hass: HomeAssistant,
) -> None:
    """Home Assistant takes it for one that follows the wake word, and runs for it."""
    hall = Device("hall")
    async with (
        house_with(hass, hall),
        held(hass) as (satellite, _),
        voice_at(
            hass, ENTITY_ID, GREETING, GOODBYE, GREETING, data=at_the_hall(hall)
        ) as visit,
    ):
        await choose(hass)
        satellite.goes_on = True
        await satellite.wake("boo")
        await visit.until(EventName.AUDIO_STARTED)
        await visit.act("add_message", role="user", text="Bye!", respond=True)
        await visit.until(EventName.CONVERSATION_ENDED)
        await satellite.until("transcribe", 2)
        await satellite.until("transcript", 2)
        assert await async_wait_for_state(hass, ENTITY_ID, "idle".__eq__, 5)
        assert len(visit.named(EventName.CONVERSATION_STARTED)) == 1
        assert len(hall.player.played) == 2


async def test_the_porch_check_waits_for_the_wake_word_of_a_wyoming_satellite(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its assistant is borrowed to the end: another choice would end the run."""
    for name in ("SETTLE_S", "NOISE_S", "LISTEN_S", "_END_TIMEOUT_S"):
        monkeypatch.setattr(porch_check, name, 0.2)
    hall = Device("hall")
    async with (
        house_with(hass, hall),
        held(hass) as (satellite, _),
        voice_at(hass, ENTITY_ID, GREETING, data=at_the_hall(hall)) as visit,
    ):
        check = hass.async_create_background_task(visit.act("porch_check"), "check")
        assert await async_wait_for_state(hass, ASSISTANT, "Pumpkin".__eq__, 5)
        [asked] = async_get_persistent_notifications(hass).values()
        assert asked["message"].startswith("Say the wake word of ")
        await satellite.wake("boo")
        await check
        assert async_get_persistent_notifications(hass) == {}
        assert hass.states.is_state(ASSISTANT, "preferred")
        assert len(hall.player.played) == 3
        await satellite.until("transcript")
        assert CONF_CALIBRATION in only_subentry(visit.entry).data
        assert visit.named(EventName.CONVERSATION_STARTED) == []


async def test_a_disabled_wyoming_entry_stays_disabled_over_a_reload(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """It comes back, and connects, when the voice that needs it is removed."""
    async with held(hass) as (satellite, lender):
        journal = async_get_disabled_entries(hass)
        await journal.async_borrow(lender.entry_id)
        address = {"host": HOST, "port": satellite.port}
        microphone = {
            **address,
            "kind": "wyoming",
            "disabled_entry_id": lender.entry_id,
        }
        entry = account(realtime_url, voice(data={"microphone": microphone}))
        await async_set_up(hass, entry)
        journal.release(lender.entry_id)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert lender.disabled_by is ConfigEntryDisabler.USER
        assert lender.state is ConfigEntryState.NOT_LOADED
        assert len(satellite.seen("run-satellite")) == 1
        subentry_id = only_subentry(entry).subentry_id
        hass.config_entries.async_remove_subentry(entry, subentry_id)
        await hass.async_block_till_done()
        assert lender.disabled_by is None
        await satellite.until("run-satellite", 2)
        await hass.config_entries.async_unload(entry.entry_id)
