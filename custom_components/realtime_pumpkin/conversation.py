"""The agent of a voice's pipeline: it answers texts, and turns that were heard."""

from typing import Literal, override

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
)
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import AGENT_ENTITY, CONVERSATION_OVER, DOMAIN
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry
from .turns.answer import Answer
from .turns.said import said_in

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
    _attr_supports_streaming = True

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
        if user_input.text == CONVERSATION_OVER:
            chat_log.async_add_assistant_content_without_tools(
                AssistantContent(agent_id=self.entity_id, content="")
            )
            return _result(user_input, chat_log, "", goes_on=False)
        answer = await self._async_answer(user_input, chat_log)
        speech = answer.turn.text.strip()
        goes_on = answer.was_heard or chat_log.continue_conversation
        goes_on = goes_on and not answer.turn.is_finished
        return _result(user_input, chat_log, speech, goes_on=goes_on)

    async def _async_answer(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> Answer:
        """Stream the persona's answer into the chat log; return it whole.

        Silence is an error: a telephone would wait for the sound of it for ever.
        """
        turns, conversation_id = self.coordinator.turns, chat_log.conversation_id
        answer = await turns.async_begin(
            conversation_id, user_input.text, said_in(chat_log), user_input.context
        )
        stream = chat_log.async_add_delta_content_stream(
            self.entity_id, answer.deltas()
        )
        async for _ in stream:
            pass
        await turns.async_answered(conversation_id, answer, said_in(chat_log))
        if not answer.turn.text.strip():
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="nothing_said"
            )
        return answer


def _result(
    user_input: ConversationInput, chat_log: ChatLog, speech: str, *, goes_on: bool
) -> ConversationResult:
    """Return what was answered, and whether the client listens again."""
    response = intent.IntentResponse(language=user_input.language)
    response.async_set_speech(speech)
    return ConversationResult(
        response, chat_log.conversation_id, continue_conversation=goes_on
    )
