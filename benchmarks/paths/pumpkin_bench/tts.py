"""A voice without latency: a tone that is always the same, as WAV."""

import array
import io
import math
from typing import Any, Final, override
import wave

from homeassistant.components.tts import TextToSpeechEntity, TtsAudioType
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

_RATE: Final = 22_050


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[None],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the voice."""
    async_add_entities([Voice()])


class Voice(TextToSpeechEntity):
    """Speak at once, in the format that satellites are played."""

    _attr_name = "Bench voice"
    _attr_unique_id = "bench_voice"
    _attr_default_language = "en"

    def __init__(self) -> None:
        """Prepare all that will ever be said."""
        self._attr_supported_languages = ["en"]
        self._sound = _tone(0.3)

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> TtsAudioType:
        """Return the tone."""
        return "wav", self._sound


def _tone(seconds: float) -> bytes:
    """Return a tone as WAV."""
    samples = array.array(
        "h",
        (
            int(8000 * math.sin(2 * math.pi * 440 * at / _RATE) + 1)
            for at in range(int(seconds * _RATE))
        ),
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(_RATE)
        writer.writeframes(samples.tobytes())
    return file.getvalue()
