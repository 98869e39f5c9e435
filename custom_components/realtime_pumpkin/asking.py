"""A question at the door, and the answer that was waited for."""

import asyncio
from collections.abc import Callable, Sequence

from .coordinator import VoiceCoordinator
from .prompt import render_question
from .realtime.events import ConversationUpdate, UserTranscript


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
    question: str,
    choices: Sequence[str],
    match: Callable[[str], T | None],
) -> tuple[str | None, T | None]:
    """Ask; return the visitor's last words and what matches them.

    Whatever does not match is asked again by the voice, until the conversation
    ends. One that was started for the question ends when it was answered.
    Raises as `async_start_conversation` does.
    """
    was_talking = voice.data.conversation_id is not None
    answer = _Answer(match)
    stop_listening = voice.listen_closely(answer.hear)
    try:
        await _async_ask_aloud(voice, render_question(question, choices))
        await _async_until(answer.found, voice)
    finally:
        stop_listening()
        answer.found.cancel()
    if answer.found.cancelled():
        return answer.words, None
    if not was_talking:
        await voice.async_stop_conversation(goodbye=True)
    return answer.words, answer.found.result()


async def _async_ask_aloud(voice: VoiceCoordinator, direction: str) -> None:
    """Ask in the running conversation, or in one of its own."""
    if voice.data.conversation_id is None:
        await voice.async_start_conversation(direction=direction)
    else:
        await voice.async_add_message(role="system", text=direction, respond=True)


async def _async_until[T](found: asyncio.Future[T], voice: VoiceCoordinator) -> None:
    """Return when there is an answer, or nobody left to give one."""
    end = asyncio.ensure_future(voice.async_wait_for_end())
    try:
        await asyncio.wait([found, end], return_when=asyncio.FIRST_COMPLETED)
    finally:
        end.cancel()
