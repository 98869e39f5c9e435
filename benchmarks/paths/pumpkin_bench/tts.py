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
_PREFERENCES: Final = [
    "preferred_format",
    "preferred_sample_rate",
    "preferred_sample_channels",
    "preferred_sample_bytes",
]


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[None],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a voice that speaks as a satellite wants it, and one that does not care."""
    async_add_entities([Voice("exact", _PREFERENCES), Voice("plain", [])])


class Voice(TextToSpeechEntity):
    """Speak at once.

    The plain one leaves a satellite's preferences to Home Assistant, as nearly all
    engines do; it converts them with ffmpeg. The exact one spares it that.
    """

    def __init__(self, kind: str, options: list[str]) -> None:
        """Prepare all that will ever be said."""
        self._attr_name = f"Bench voice {kind}"
        self._attr_unique_id = f"bench_voice_{kind}"
        self._attr_supported_languages = ["en"]
        self._attr_default_language = "en"
        self._attr_supported_options = options
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
