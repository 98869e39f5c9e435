"""The agent of a voice's pipeline: it ends what the voice has said itself."""

from typing import Literal, override

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
    UserContent,
)
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import AGENT_ENTITY, CONVERSATION_OVER
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the agent of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [VoiceAgent(coordinator, AGENT_ENTITY)], config_subentry_id=subentry_id
        )


class VoiceAgent(VoiceEntity, ConversationEntity):
    """Answer what reaches the voice as text."""

    _attr_name = None

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return that the model speaks as it is spoken to."""
        return MATCH_ALL

    @override
    async def _async_handle_message(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        """Answer a text; raise a translated `HomeAssistantError` where it fails.

        The end of a spoken conversation is answered with nothing: all was said.
        """
        is_over = user_input.text == CONVERSATION_OVER
        speech = "" if is_over else await self._async_chat(chat_log)
        chat_log.async_add_assistant_content_without_tools(
            AssistantContent(agent_id=self.entity_id, content=speech)
        )
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech(speech)
        return ConversationResult(response, chat_log.conversation_id)

    async def _async_chat(self, chat_log: ChatLog) -> str:
        """Let the persona answer what was said so far."""
        coordinator = self.coordinator
        said = [
            (content.role, content.content)
            for content in chat_log.content
            if isinstance(content, (UserContent, AssistantContent)) and content.content
        ]
        return await coordinator.answers.async_write(coordinator.options, said)
