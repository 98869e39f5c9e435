"""An agent without latency. It says nothing twice, or its voice would come from a cache."""

from itertools import count
from typing import Literal, override

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
    async_get_result_from_chat_log,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[None],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the agent."""
    async_add_entities([Agent()])


class Agent(ConversationEntity):
    """Answer at once."""

    _answers = count(1)
    _attr_name = "Bench agent"
    _attr_unique_id = "bench_agent"

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Answer in every language."""
        return MATCH_ALL

    @override
    async def _async_handle_message(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        """Answer."""
        chat_log.async_add_assistant_content_without_tools(
            AssistantContent(self.entity_id, f"Boo number {next(self._answers)}!")
        )
        return async_get_result_from_chat_log(user_input, chat_log)
