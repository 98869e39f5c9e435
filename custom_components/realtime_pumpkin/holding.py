"""A conversation from its start to its end, waited for."""

from collections.abc import Mapping
from typing import Any

from .bus import ConversationEvent
from .const import ATTR_CONVERSATION_ID, EventName
from .coordinator import VoiceCoordinator
from .request import ConversationRequest


async def async_hold(
    voice: VoiceCoordinator, request: ConversationRequest
) -> Mapping[str, Any]:
    """Return what `conversation_ended` says of the conversation that was asked for.

    Raises as `async_start_conversation` does.
    """
    ends: dict[str, Mapping[str, Any]] = {}

    def hear(event: ConversationEvent) -> None:
        """Keep how a conversation ended."""
        if event.name is EventName.CONVERSATION_ENDED:
            ends[event.data[ATTR_CONVERSATION_ID]] = event.data

    stop_listening = voice.listen(hear)
    try:
        conversation_id = await voice.async_start_conversation(request)
        while conversation_id not in ends:
            await voice.async_wait_for_end()
        return ends[conversation_id]
    finally:
        stop_listening()
