"""The conversations of one voice that go turn by turn, by their ids in Assist."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError

from ..issues import as_home_assistant_error
from ..realtime.errors import RealtimeError
from ..realtime.finish import EndReason
from ..realtime.turn import Turn
from .answer import Answer
from .conversation import TurnConversation
from .parts import Parts
from .said import Said

KEPT_S: Final = 300.0
"""How long a conversation waits for its next turn: as long as Assist keeps it."""

MOST_CONVERSATIONS: Final = 4


class Turns:
    """Keep a few conversations, none mixed with another; the oldest goes first."""

    def __init__(self, parts: Parts) -> None:
        """Begin with none."""
        self._parts = parts
        self._conversations: dict[str, TurnConversation] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._voiced: dict[str, Turn] = {}
        self._refused: dict[str, HomeAssistantError] = {}

    async def async_hear(
        self, conversation_id: str, frames: AsyncIterator[bytes]
    ) -> str | None:
        """Return what was said in PCM s16le mono 24 kHz; None where nothing was.

        Raises a translated `HomeAssistantError`.
        """
        self._voiced.pop(conversation_id, None)
        self._admit(conversation_id)
        conversation = self._conversation(conversation_id)
        try:
            return await conversation.async_hear(frames)
        except RealtimeError as error:
            raise as_home_assistant_error(error) from error
        finally:
            self._keep(conversation)

    async def async_begin(
        self,
        conversation_id: str,
        text: str,
        said: Said,
        cause: Context | None = None,
    ) -> Answer:
        """Return the answer to a text, the last of what was `said`.

        A conversation that begins with it has the context of its `cause`.
        Raises a translated `HomeAssistantError`.
        """
        if (refusal := self._refused.pop(conversation_id, None)) is not None:
            raise refusal
        self._admit(conversation_id)
        conversation = self._conversation(conversation_id, cause)
        try:
            answer = await conversation.async_begin(text, said)
        except RealtimeError as error:
            raise as_home_assistant_error(error) from error
        if answer.turn.is_spoken:
            _keep_newest(self._voiced, conversation_id, answer.turn)
        return answer

    async def async_answered(
        self, conversation_id: str, answer: Answer, said: Said
    ) -> None:
        """Note an answer; the conversation is over where the model has ended it."""
        conversation = self._conversation(conversation_id)
        conversation.answered(answer.turn, said)
        if answer.turn.is_finished:
            await self._async_end(conversation, EndReason.FINISHED)
        else:
            self._keep(conversation)

    def take_voice(self, conversation_id: str, words: str) -> Turn | None:
        """Return the turn whose sound belongs to the words, once.

        None where they are not what the voice has just said there.
        """
        turn = self._voiced.get(conversation_id)
        words = words.strip()
        if turn is None or not words or not turn.text.strip().startswith(words):
            return None
        return self._voiced.pop(conversation_id)

    def refuse(self, conversation_id: str, error: HomeAssistantError) -> None:
        """Keep why nobody listened until the agent can say it."""
        _keep_newest(self._refused, conversation_id, error)

    async def async_close(self) -> None:
        """End every conversation at once."""
        for conversation in tuple(self._conversations.values()):
            await self._async_end(conversation, EndReason.UNLOADED)

    def _admit(self, conversation_id: str) -> None:
        """Raise `ServiceValidationError` where the voice may not answer there now."""
        if conversation_id in self._conversations:
            self._parts.admit()
        else:
            self._parts.admit_conversation()

    def _conversation(
        self, conversation_id: str, cause: Context | None = None
    ) -> TurnConversation:
        """Return a conversation, begun where there is none; it is in use now."""
        if (timer := self._timers.pop(conversation_id, None)) is not None:
            timer.cancel()
        conversation = self._conversations.pop(conversation_id, None)
        if conversation is None:
            self._make_room()
            conversation = TurnConversation(conversation_id, self._parts, cause)
        self._conversations[conversation_id] = conversation
        return conversation

    def _make_room(self) -> None:
        """End the conversation that waits longest, where there are too many."""
        if len(self._conversations) < MOST_CONVERSATIONS:
            return
        longest = next(iter(self._timers or self._conversations))
        self._end_soon(self._conversations[longest], EndReason.IDLE)

    def _keep(self, conversation: TurnConversation) -> None:
        """Let a conversation wait for its next turn, not for ever."""
        if conversation.id not in self._conversations:
            return
        if (timer := self._timers.pop(conversation.id, None)) is not None:
            timer.cancel()
        self._timers[conversation.id] = asyncio.get_running_loop().call_later(
            KEPT_S, self._end_soon, conversation, EndReason.IDLE
        )

    def _end_soon(self, conversation: TurnConversation, reason: EndReason) -> None:
        """End a conversation in a task of its own."""
        self._forget(conversation)
        self._parts.spawn(conversation.async_end(reason), f"end {conversation.id}")

    async def _async_end(
        self, conversation: TurnConversation, reason: EndReason
    ) -> None:
        """End a conversation."""
        self._forget(conversation)
        await conversation.async_end(reason)

    def _forget(self, conversation: TurnConversation) -> None:
        """Forget a conversation."""
        if (timer := self._timers.pop(conversation.id, None)) is not None:
            timer.cancel()
        if self._conversations.get(conversation.id) is conversation:
            del self._conversations[conversation.id]


def _keep_newest[T](kept: dict[str, T], key: str, value: T) -> None:
    """Keep a value, and at most as many as there are conversations."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > MOST_CONVERSATIONS:
        del kept[next(iter(kept))]
