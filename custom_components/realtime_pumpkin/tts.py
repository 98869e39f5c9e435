"""A voice as text-to-speech: it reads what it is given."""

import io
from typing import Any, override
import wave

from homeassistant.components.tts import TextToSpeechEntity, TtsAudioType
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .audio.formats import PCM_24K, SAMPLE_WIDTH
from .const import DOMAIN, TTS_ENTITY
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the reading voice of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [VoiceReader(coordinator, TTS_ENTITY)], config_subentry_id=subentry_id
        )


class VoiceReader(VoiceEntity, TextToSpeechEntity):
    """Read texts aloud, each in a short session of its own."""

    # It needs a name: Home Assistant refuses to keep the sound of one without.
    _attr_supported_languages = sorted(LANGUAGES)

    @property
    @override
    def default_language(self) -> str:
        """Return the house's language: the model reads any."""
        return self.hass.config.language

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> TtsAudioType:
        """Return a text as a WAV file in the voice.

        Raises a translated `HomeAssistantError` where it cannot be had.
        """
        coordinator = self.coordinator
        pcm = await coordinator.answers.async_say(coordinator.options, message)
        if not pcm:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="nothing_said"
            )
        return "wav", wav(pcm)


def wav(pcm: bytes) -> bytes:
    """Return PCM s16le mono 24 kHz as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(PCM_24K.channels)
        writer.setsampwidth(SAMPLE_WIDTH)
        writer.setframerate(PCM_24K.rate)
        writer.writeframes(pcm)
    return file.getvalue()
