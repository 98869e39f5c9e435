"""A question at the door, and the answer that was waited for."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from homeassistant.core import Context

from .coordinator import VoiceCoordinator
from .prompt import render_choices, render_question
from .realtime.events import ConversationUpdate, UserTranscript
from .request import ConversationRequest


class _Answer[T]:
    """The visitor's words, until some match."""

    def __init__(self, match: Callable[[str], T | None]) -> None:
        """Wait for words that match."""
        self._match = match
        self.words: str | None = None
        self.found: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def hear(self, update: ConversationUpdate) -> None:
        """Compare what the visitor said."""
        if not isinstance(update, UserTranscript) or self.found.done():
            return
        self.words = update.text
        if (matched := self._match(update.text)) is not None:
            self.found.set_result(matched)


async def async_ask[T](
    voice: VoiceCoordinator,
    question: str | None,
    choices: Sequence[str],
    match: Callable[[str], T | None],
    *,
    cause: Context | None = None,
) -> tuple[str | None, T | None]:
    """Ask; return the visitor's last words and what matches them.

    Whatever does not match is asked again by the voice, until the conversation
    ends. One that was started for the question ends when it was answered. With
    None the question was asked already, in another way.
    Raises as `async_start_conversation` does.
    """
    was_talking = voice.data.conversation_id is not None
    answer = _Answer(match)
    stop_listening = voice.events.listen_to_updates(answer.hear)
    try:
        request = ConversationRequest(
            direction=render_question(question) if question else "",
            context=render_choices(choices),
            cause=cause,
        )
        await _async_ask_aloud(voice, request)
        await _async_until(answer.found, voice)
    finally:
        stop_listening()
        answer.found.cancel()
    if answer.found.cancelled():
        return answer.words, None
    if not was_talking:
        await voice.async_stop_conversation(goodbye=True)
    return answer.words, answer.found.result()


async def _async_ask_aloud(
    voice: VoiceCoordinator, request: ConversationRequest
) -> None:
    """Ask in the running conversation, or in one of its own."""
    if voice.data.conversation_id is None:
        await voice.async_start_conversation(request)
        return
    for text in filter(None, (request.context, request.direction)):
        await voice.async_add_message(
            role="system", text=text, respond=text == request.direction
        )


async def _async_until(found: asyncio.Future[Any], voice: VoiceCoordinator) -> None:
    """Return when there is an answer, or nobody left to give one."""
    end = asyncio.ensure_future(voice.async_wait_for_end())
    waiting: list[asyncio.Future[Any]] = [found, end]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        end.cancel()
