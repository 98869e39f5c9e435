"""The porch's device in Home Assistant's hands, and its owner's own assistant."""

import asyncio
from collections.abc import AsyncIterable, Iterator
import contextlib
from contextlib import contextmanager
from typing import Any, override
from unittest.mock import AsyncMock, Mock, patch

from homeassistant.components.assist_pipeline import (
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.stt import (
    SpeechMetadata,
    SpeechResult,
    SpeechResultState,
    SpeechToTextEntity,
    const as stt,
)
from homeassistant.components.tts import TextToSpeechEntity, const as tts
from homeassistant.core import HomeAssistant
from homeassistant.helpers import restore_state
from homeassistant.setup import async_setup_component
from zeroconf import DNSCache, Zeroconf

from custom_components.realtime_pumpkin.stt import VoiceEars
from tests.faults.device import PorchDevice
from tests.satellite_bench import Satellite, async_hold

_SATELLITES = "custom_components.realtime_pumpkin.links.satellites"
OWN = "Home Assistant"
"""The assistant that the device's owner has chosen."""

_LISTENS_S = 15.0
"""After how long Home Assistant gives up on somebody who says nothing."""


class OwnEars(SpeechToTextEntity):
    """The ears of the owner's assistant, which listen until the device stops."""

    _attr_name = "Kitchen"
    _attr_unique_id = "kitchen"
    audio_processing = VoiceEars.audio_processing
    supported_languages = VoiceEars.supported_languages
    supported_formats = VoiceEars.supported_formats
    supported_codecs = VoiceEars.supported_codecs
    supported_bit_rates = VoiceEars.supported_bit_rates
    supported_sample_rates = VoiceEars.supported_sample_rates
    supported_channels = VoiceEars.supported_channels

    @override
    async def async_process_audio_stream(
        self, metadata: SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> SpeechResult:
        """Listen as long as people do who hear nothing; understand nothing."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LISTENS_S):
                async for _ in stream:
                    pass
        return SpeechResult(None, SpeechResultState.ERROR)


class OwnVoice(TextToSpeechEntity):
    """The voice of the owner's assistant, which has nothing to say."""

    _attr_name = "Kitchen"
    _attr_unique_id = "kitchen"
    _attr_default_language = "en"
    _attr_supported_languages = ["en"]  # noqa: RUF012 - as its base class has it


async def async_add_device(hass: HomeAssistant, device: PorchDevice) -> Satellite:
    """Let a house hold the device, with an assistant of its owner's."""
    if "bluetooth" not in hass.config.components:
        hass.config.components.add("bluetooth")
        await _add_own_assistant(hass)
        restore_state.async_get(hass).async_setup_dump()
    card: Any = device.card
    return await async_hold(hass, device, card, entry_id="porch_device")


async def _add_own_assistant(hass: HomeAssistant) -> None:
    """Have an assistant that is not a voice's."""
    assert await async_setup_component(hass, "assist_pipeline", {})
    await hass.data[stt.DATA_COMPONENT].async_add_entities([OwnEars()])
    await hass.data[tts.DATA_COMPONENT].async_add_entities([OwnVoice()])
    [own] = [each for each in async_get_pipelines(hass) if each.name == OWN]
    kitchen: dict[str, Any] = {"stt_engine": "stt.kitchen", "tts_engine": "tts.kitchen"}
    spoken: dict[str, Any] = {"stt_language": "en", "tts_language": "en"}
    await async_update_pipeline(hass, own, **kitchen, **spoken)


class _Vad:
    """A detector of speech that detects none: only other assistants ask for it."""

    def Process10ms(self, pcm: bytes) -> float:
        """Return how probable speech is."""
        return 0.0


@contextmanager
def no_radio() -> Iterator[None]:
    """Have neither multicast nor Bluetooth, which `esphome` asks for, nor any hurry."""
    zeroconf = "homeassistant.components.zeroconf"
    with (
        patch(f"{zeroconf}.HaZeroconf"),
        patch(f"{zeroconf}.discovery.AsyncServiceBrowser") as browser,
        patch(f"{zeroconf}.HaAsyncZeroconf") as multicast,
        patch(
            "homeassistant.components.esphome.manager.bluetooth.async_remove_scanner"
        ),
        patch("homeassistant.components.assist_pipeline.audio_enhancer.MicroVad", _Vad),
        # Time by the wall passes in virtual time, too, on a machine that is busy.
        patch(f"{_SATELLITES}._JUST_NOW_S", 10.0),
    ):
        browser.return_value.async_cancel = AsyncMock()
        known = multicast.return_value
        known.zeroconf = Mock(spec=Zeroconf)
        known.zeroconf.async_wait_for_start = AsyncMock()
        known.zeroconf.cache = DNSCache()
        known.zeroconf.done = False
        for name in ("register", "unregister", "update"):
            setattr(known, f"async_{name}_service", AsyncMock())
        known.async_close = known.ha_async_close = AsyncMock()
        yield
