"""A voice as text-to-speech: it reads what it is given, and is heard in its turns."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final, override

from homeassistant.components.tts import (
    ATTR_PREFERRED_FORMAT,
    ATTR_VOICE,
    TextToSpeechEntity,
    TTSAudioResponse,
    TtsAudioType,
    Voice,
)
from homeassistant.components.tts.entity import TTSAudioRequest
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalog import voices_of
from .const import CONF_PROVIDER, DOMAIN, TTS_ENTITY, Provider
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry
from .realtime.turn import Turn
from .turns.sound import MP3, WAV, encoded

PARALLEL_UPDATES = 0
OPTIONS: Final = [ATTR_VOICE, ATTR_PREFERRED_FORMAT]


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
    """Read texts aloud; what the voice has just said itself is heard as it said it."""

    # It needs a name: Home Assistant refuses to keep the sound of one without.
    _attr_supported_languages = sorted(LANGUAGES)
    _attr_supported_options = OPTIONS

    @property
    @override
    def default_language(self) -> str:
        """Return the house's language: the model reads any."""
        return self.hass.config.language

    @callback
    @override
    def async_get_supported_voices(self, language: str) -> list[Voice] | None:
        """Return the provider's voices, each of which speaks any language."""
        account = self.coordinator.config_entry.data
        provider = Provider(account.get(CONF_PROVIDER, Provider.OPENAI))
        return [Voice(name, name.capitalize()) for name in voices_of(provider)]

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> TtsAudioType:
        """Return a text read aloud, for callers that want it whole."""

        async def text() -> AsyncGenerator[str]:
            """Yield the text at once."""
            yield message

        response = await self.async_stream_tts_audio(
            TTSAudioRequest(language, options, text())
        )
        data = b"".join([chunk async for chunk in response.data_gen])
        return response.extension, data

    @override
    async def async_stream_tts_audio(
        self, request: TTSAudioRequest
    ) -> TTSAudioResponse:
        """Read a text aloud as it comes, or pass on what the voice says just now.

        Raises a translated `HomeAssistantError` where it cannot be had.
        """
        wanted = request.options.get(ATTR_PREFERRED_FORMAT, MP3)
        extension = WAV if wanted == WAV else MP3
        first = await anext(request.message_gen, "")
        turn = self._turn_of(first)
        if turn is not None:
            sound = turn.sound.read()
        else:
            text = _from(first, request.message_gen)
            voice = request.options.get(ATTR_VOICE)
            sound = self.coordinator.reader.read(text, voice)
        return TTSAudioResponse(extension, encoded(extension, _audible(sound)))

    def _turn_of(self, words: str) -> Turn | None:
        """Return the turn of the conversation that asks, where these are its words.

        The pipeline tells its stages in which conversation they work.
        """
        session = current_session.get()
        if session is None:
            return None
        return self.coordinator.turns.take_voice(session.conversation_id, words)


async def _from(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    """Yield a text whose first piece was read already."""
    yield first
    async for piece in rest:
        yield piece


async def _audible(sound: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield sound; raise where there is none, which would be kept as such."""
    is_silent = True
    async for pcm in sound:
        is_silent = False
        yield pcm
    if is_silent:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="nothing_said"
        )
