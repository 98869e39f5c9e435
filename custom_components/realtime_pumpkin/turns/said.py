"""What was said in a conversation of Assist, whoever answered it."""

from homeassistant.components.conversation import AssistantContent, ChatLog, UserContent
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.core import HomeAssistant, callback

type Said = list[tuple[str, str]]
"""Role (user or assistant) and text, in order."""


def said_in(chat_log: ChatLog) -> Said:
    """Return what was said in a chat log so far."""
    return [
        (content.role, content.content)
        for content in chat_log.content
        if isinstance(content, (UserContent, AssistantContent)) and content.content
    ]


@callback
def said_before(hass: HomeAssistant, conversation_id: str) -> Said:
    """Return what was said before the stage that listens knows its chat log."""
    chat_log = hass.data.get(DATA_CHAT_LOGS, {}).get(conversation_id)
    return said_in(chat_log) if chat_log is not None else []
