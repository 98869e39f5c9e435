"""The ears of a voice's pipeline: a conversation's open microphone, or one turn."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Final, override

from homeassistant.components.stt import (
    AudioBitRates,
    AudioChannels,
    AudioCodecs,
    AudioFormats,
    AudioSampleRates,
    SpeechMetadata,
    SpeechResult,
    SpeechResultState,
    SpeechToTextEntity,
)
from homeassistant.components.stt.models import SpeechAudioProcessing
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONVERSATION_OVER, STT_ENTITY, TURN_REFUSED
from .entity import VoiceEntity
from .links.frames import FrameDecoder
from .links.satellite_stream import PIPELINE_FORMAT
from .links.satellites import talking_satellite
from .models import RealtimePumpkinConfigEntry

PARALLEL_UPDATES = 0
REFUSED_FOR_S: Final = 5.0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the ears of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [VoiceEars(coordinator, STT_ENTITY)], config_subentry_id=subentry_id
        )


class VoiceEars(VoiceEntity, SpeechToTextEntity):
    """Hold a pipeline's stage open for as long as a conversation takes."""

    _attr_name = None

    @property
    @override
    def audio_processing(self) -> SpeechAudioProcessing:
        """Return that the stream lasts until we or the device end it.

        The other two keep the processed channel of devices with several
        microphones, in which their echo is cancelled.
        """
        return SpeechAudioProcessing(
            requires_external_vad=False,
            prefers_auto_gain_enabled=True,
            prefers_noise_reduction_enabled=True,
        )

    @property
    @override
    def supported_languages(self) -> list[str]:
        """Return every language that Home Assistant knows."""
        return sorted(LANGUAGES)

    @property
    @override
    def supported_formats(self) -> list[AudioFormats]:
        """Return how the sound comes."""
        return [AudioFormats.WAV]

    @property
    @override
    def supported_codecs(self) -> list[AudioCodecs]:
        """Return how the sound is coded."""
        return [AudioCodecs.PCM]

    @property
    @override
    def supported_bit_rates(self) -> list[AudioBitRates]:
        """Return how many bits a sample has."""
        return [AudioBitRates.BITRATE_16]

    @property
    @override
    def supported_sample_rates(self) -> list[AudioSampleRates]:
        """Return how many samples a second has."""
        return [AudioSampleRates.SAMPLERATE_16000]

    @property
    @override
    def supported_channels(self) -> list[AudioChannels]:
        """Return how many channels there are."""
        return [AudioChannels.CHANNEL_MONO]

    @override
    async def async_process_audio_stream(
        self, metadata: SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> SpeechResult:
        """Let the voice listen, to a satellite for a conversation or for one turn.

        A conversation ends with a text that nobody says: only so the pipeline ends
        without a word, a tone or an error.
        """
        if await self.coordinator.tap.async_run(stream):
            return SpeechResult(CONVERSATION_OVER, SpeechResultState.SUCCESS)
        session = current_session.get()
        if session is None:
            # No pipeline runs us, so nobody would hear the answer.
            return SpeechResult(None, SpeechResultState.ERROR)
        text = await self._async_take_turn(session.conversation_id, stream)
        return SpeechResult(text, SpeechResultState.SUCCESS)

    async def _async_take_turn(
        self, conversation_id: str, stream: AsyncIterable[bytes]
    ) -> str:
        """Return what was said in one turn, empty where nobody spoke.

        Pipelines keep the reason of an error to themselves, the agent tells it.
        """
        turns = self.coordinator.turns
        try:
            return await turns.async_hear(conversation_id, self._frames(stream)) or ""
        except HomeAssistantError as refusal:
            turns.refuse(conversation_id, refusal)
            await self._async_slow_down()
            return TURN_REFUSED

    async def _async_slow_down(self) -> None:
        """Let a telephone, which listens again at once, not do so for ever."""
        if talking_satellite(self.hass) is not None:
            await asyncio.sleep(REFUSED_FOR_S)

    async def _frames(self, stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """Yield PCM s16le mono 24 kHz; silence while the voice is muted."""
        decoder = FrameDecoder()
        async for chunk in stream:
            for pcm in decoder.push(PIPELINE_FORMAT, chunk):
                yield bytes(len(pcm)) if self.coordinator.data.is_muted else pcm
