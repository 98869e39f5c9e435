"""The ears of a voice's pipeline: the open microphone of a conversation."""

from collections.abc import AsyncIterable
from typing import override

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
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONVERSATION_OVER, STT_ENTITY
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry

PARALLEL_UPDATES = 0


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
        """Let the voice listen; end with a text that nobody says.

        Only so the pipeline ends without a word, a tone or an error.
        """
        if await self.coordinator.tap.async_run(stream):
            return SpeechResult(CONVERSATION_OVER, SpeechResultState.SUCCESS)
        return SpeechResult(None, SpeechResultState.ERROR)
