"""What was said in a conversation of Assist, whoever answered it."""

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    UserContent,
    chat_log as chat_logs,
)
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
    """Return what was said before the stage that listens knows its chat log.

    Home Assistant lets only the later stages ask; this is the one place that looks
    where it keeps them. Where that has changed, the turn knows of nothing before it.
    """
    try:
        chat_log = hass.data.get(chat_logs.DATA_CHAT_LOGS, {}).get(conversation_id)
    except AttributeError:
        return []
    return said_in(chat_log) if chat_log is not None else []
