"""All turns of one conversation of Assist, and the one session behind them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from homeassistant.core import Context

from ..answering import Answering
from ..const import EventName
from ..house.consent import Consent
from ..realtime.finish import EndReason
from ..realtime.history import History
from ..realtime.turn import Turn
from ..realtime.turn_session import Spoken, TurnSession
from ..realtime.usage import Usage
from ..session_setup import create_config
from ..tools import Toolbox
from .answer import Answer
from .parts import Parts
from .said import Said, said_before

RESEEDED: Final = 20
"""How many of the last lines a new session is told."""

UNASKED_S: Final = 2.0
"""How long the agent may take to be asked; it is asked at once or not at all."""


class TurnConversation:
    """Keep a session between turns; a lost one is opened again with what was said."""

    def __init__(
        self, conversation_id: str, parts: Parts, cause: Context | None = None
    ) -> None:
        """Begin without a session; `cause` is the context of whoever begins."""
        self.id = conversation_id
        self._parts = parts
        self._session: TurnSession | None = None
        self._reader: asyncio.Task[None] | None = None
        self._toolbox = Toolbox()
        self._consent = Consent(parts.options().house.confirmation_phrase)
        self._known = 0
        self._heard: Spoken | None = None
        self._unasked: asyncio.TimerHandle | None = None
        self._history = History()
        self._usage = Usage()
        self._turns = 0
        self._is_stale = False
        self._is_over = False
        self._is_counted = False
        self._model = parts.options().model
        self._started_at = asyncio.get_running_loop().time()
        self._cause = cause or Context()
        parts.events.begin(conversation_id, self._cause)
        parts.events.fire(EventName.CONVERSATION_STARTED, conversation_id)

    async def async_hear(self, frames: AsyncIterator[bytes]) -> str | None:
        """Return what was said in PCM s16le mono 24 kHz; None where nothing was.

        The answer is under way then, where it is certain that the agent is asked
        for it. Raises `RealtimeError`.
        """
        self._take_heard()
        session = await self._async_session(said_before(self._parts.hass, self.id))
        self._is_stale = True
        is_certain = self._parts.answering(self.id) is Answering.AT_ONCE
        spoken = self._heard = await session.hear(frames, answers=is_certain)
        if spoken is None:
            self._is_stale = session.is_busy
            return None
        if spoken.turn is None:
            self._known += 1  # The session has heard it: another agent may answer.
            self._is_stale = False
        else:
            self._expect_agent()
        return spoken.text

    async def async_begin(self, text: str, said: Said) -> Answer:
        """Return the answer to a text, which is the last of what was `said`.

        Raises `RealtimeError`, or `ServiceValidationError` where the persona
        cannot be rendered.
        """
        heard = self._take_heard()
        self._consent.hear(text)
        self._note(EventName.USER_TRANSCRIPT, "user", text)
        session = self._session
        was_heard = heard is not None and heard.text == text
        if session is None or heard is None or not was_heard:
            session = await self._async_session(said)
        self._is_stale = True
        turn = heard.turn if heard is not None and was_heard else None
        if turn is None:
            turn = await session.answer(is_spoken=was_heard and self._is_audible)
        answer = Answer(self.id, session, turn, self._toolbox, self._parts.events)
        answer.was_heard = was_heard
        return answer

    @property
    def _is_audible(self) -> bool:
        """Tell whether the voice's own sound of an answer may be heard at all."""
        return self._parts.answering(self.id) is not Answering.IN_WRITING

    def _expect_agent(self) -> None:
        """Let an answer go that the agent is not asked for, as by a sentence trigger."""
        loop = asyncio.get_running_loop()
        self._unasked = loop.call_later(UNASKED_S, self._give_up)

    def _give_up(self) -> None:
        """Stop the answer to what was heard."""
        heard, session = self._take_heard(), self._session
        if session is not None and heard is not None and heard.turn is not None:
            self._parts.spawn(session.give_up(heard.turn), f"unasked {self.id}")

    def _take_heard(self) -> Spoken | None:
        """Return what was heard, once."""
        if self._unasked is not None:
            self._unasked.cancel()
        heard, self._heard, self._unasked = self._heard, None, None
        return heard

    def answered(self, turn: Turn, said: Said) -> None:
        """Note what was answered; `said` is all of the conversation with it."""
        self._known = len(said)
        self._is_stale = False
        self._turns += 1
        self._note(EventName.ASSISTANT_TRANSCRIPT, "assistant", turn.text.strip())

    async def async_end(self, reason: EndReason) -> None:
        """Close the session and say how it was; once."""
        if self._is_over:
            return
        self._is_over = True
        self._take_heard()
        await self._async_close()
        duration = asyncio.get_running_loop().time() - self._started_at
        self._fire(
            EventName.CONVERSATION_ENDED,
            reason=str(reason),
            duration=round(duration, 1),
            turns=self._turns,
            transcript=self._history.transcript(),
            tokens=dict(self._usage.tokens),
            cost_usd=self._usage.cost(self._model),
        )

    async def _async_session(self, said: Said) -> TurnSession:
        """Return a session that knows what was said.

        One whose last answer nobody took would go on with it: it is closed.
        """
        session = self._session
        is_behind = self._is_stale or self._known > len(said)
        if session is None or not session.is_open or is_behind:
            session = await self._async_open()
            self._known = max(0, len(said) - RESEEDED)
        await session.tell(said[self._known :])
        self._known = len(said)
        return session

    async def _async_open(self) -> TurnSession:
        """Open a session in place of the one before."""
        await self._async_close()
        parts, options = self._parts, self._parts.options()
        house = await parts.async_house(self._cause, self._consent)
        self._toolbox, self._model = Toolbox(house.tools), options.model
        config = create_config(
            parts.hass, options, house.instructions, self._toolbox.specs
        )
        session = await TurnSession.open(parts.connect, config, self._used)
        self._session, self._is_stale = session, False
        self._reader = parts.spawn(session.run(), f"turns {self.id}")
        return session

    async def _async_close(self) -> None:
        """Close the session."""
        reader, self._reader, self._session = self._reader, None, None
        if reader is not None:
            reader.cancel()
            await asyncio.wait([reader])

    def _used(self, usage: dict[str, Any]) -> None:
        """Put into the books what one response cost; the first counts the whole."""
        self._usage.add(usage)
        conversations = 0 if self._is_counted else 1
        self._is_counted = True
        self._parts.used(Usage.of(usage), self._model, conversations=conversations)

    def _note(self, name: EventName, role: str, text: str) -> None:
        """Keep a line and tell of it."""
        self._history.write(role, f"{role}_{self._turns}", text)
        self._fire(name, item_id=None, text=text)

    def _fire(self, name: EventName, /, **data: Any) -> None:
        """Tell automations what happened."""
        self._parts.events.fire(name, self.id, **data)
