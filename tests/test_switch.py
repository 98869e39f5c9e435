"""Tests of the switches: may the voice talk, may it hear."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache,
)

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from tests.audio.signals import tone
from tests.common import VOICE_ENTITY_ID, account, async_set_up, only_voice, voice
from tests.links.satellite import CHUNK_MS, PCM_16K
from tests.porch import GREETING, at_the_door

ENABLED = "switch.pumpkin_enabled"
MUTED = "switch.pumpkin_microphone_muted"


async def async_turn(hass: HomeAssistant, entity_id: str, to: str) -> None:
    """Turn a switch."""
    await hass.services.async_call(
        "switch", f"turn_{to}", {"entity_id": entity_id}, blocking=True
    )
    assert hass.states.is_state(entity_id, to)


@pytest.mark.parametrize("action", ["start_conversation", "prepare"])
async def test_a_voice_that_is_switched_off_starts_nothing(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, action: str
) -> None:
    """The refusal says which switch it was."""
    await async_turn(hass, ENABLED, "off")
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            DOMAIN, action, {"entity_id": VOICE_ENTITY_ID}, blocking=True
        )
    assert caught.value.translation_key == "voice_switched_off"
    await async_turn(hass, ENABLED, "on")
    only_voice(loaded_entry).admit()


async def test_the_switches_are_as_they_were_after_a_restart(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """Nobody's privacy ends with a power cut."""
    mock_restore_cache(hass, [State(ENABLED, "off"), State(MUTED, "on")])
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    try:
        assert hass.states.is_state(ENABLED, "off")
        assert hass.states.is_state(MUTED, "on")
        data = only_voice(entry).data
        assert (data.is_enabled, data.is_muted) == (False, True)
    finally:
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("stored", ["unavailable", "unknown"])
async def test_a_state_that_says_nothing_changes_nothing(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str, stored: str
) -> None:
    """A new voice talks and hears."""
    mock_restore_cache(hass, [State(ENABLED, stored), State(MUTED, stored)])
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    try:
        assert hass.states.is_state(ENABLED, "on")
        assert hass.states.is_state(MUTED, "off")
    finally:
        await hass.config_entries.async_unload(entry.entry_id)


def _always_loud(count: int) -> bytes:
    """Return the n-th chunk of a microphone into which somebody shouts."""
    return tone(PCM_16K.rate, 1000)[: PCM_16K.bytes_of(CHUNK_MS)]


class Ear:
    """Note what a conversation's session hears."""

    def __init__(self, voice: VoiceCoordinator) -> None:
        """Listen in on the running conversation."""
        assert voice._running.call is not None
        session: Any = voice._running.call.session
        self._hear = session.hear
        session.hear = self.hear
        self.frames: list[bytes] = []
        self._news = asyncio.Event()

    async def until(self, count: int) -> list[bytes]:
        """Return so many frames that are heard from now on."""
        self.frames.clear()
        async with asyncio.timeout(10):
            while len(self.frames) < count:
                self._news.clear()
                await self._news.wait()
        return self.frames[:count]

    def hear(self, pcm: bytes) -> None:
        """Keep a frame and pass it on."""
        self.frames.append(pcm)
        self._news.set()
        self._hear(pcm)


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_muted_microphone_sends_silence_at_once_and_ends_nothing(
    hass: HomeAssistant,
) -> None:
    """Frame for frame as long as what was heard; sound again when it is unmuted."""
    quiet = {"barge_in": "off"}
    async with at_the_door(hass, GREETING, sound=_always_loud, data=quiet) as porch:
        await async_turn(hass, MUTED, "on")
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        ear = Ear(only_voice(porch.entry))
        assert not any(any(frame) for frame in await ear.until(5))
        await async_turn(hass, MUTED, "off")
        assert all(any(frame) for frame in await ear.until(5))
        assert porch.named(EventName.CONVERSATION_ENDED) == []
        await porch.act("stop_conversation", goodbye=False)


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_conversation_reports_no_state_that_it_does_not_change(
    hass: HomeAssistant,
) -> None:
    """A voice changes many times a turn, its switches hardly ever."""
    async with at_the_door(hass, GREETING) as porch:
        await hass.async_block_till_done()
        state = hass.states.get(ENABLED)
        assert state is not None
        reported = state.last_reported
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        assert hass.states.is_state("binary_sensor.pumpkin_pumpkin_speaking", "on")
        assert state.last_reported == reported
        await async_turn(hass, ENABLED, "off")
        await porch.act("stop_conversation", goodbye=False)
