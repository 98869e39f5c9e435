"""A text that a voice says, in a conversation or outside of one."""

from homeassistant.core import Context

from .coordinator import VoiceCoordinator
from .prompt import render_statement
from .request import ConversationRequest


async def async_say(
    voice: VoiceCoordinator, text: str, *, verbatim: bool, cause: Context | None
) -> None:
    """Say a text, word for word or in persona.

    In a running conversation the visitor hears it as the next answer; otherwise it
    is said at once and has been heard when this returns. `cause` is the context of
    the action that asks for it.
    Raises as `async_start_conversation` does.
    """
    direction = render_statement(text, verbatim=verbatim)
    if voice.data.conversation_id is None:
        request = ConversationRequest(direction=direction, listens=False, cause=cause)
        await voice.async_start_conversation(request)
        await voice.async_wait_for_end()
    else:
        await voice.async_add_message(role="system", text=direction, respond=True)
