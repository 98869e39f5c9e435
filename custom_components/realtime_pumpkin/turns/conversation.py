"""All turns of one conversation of Assist, and the one session behind them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from ..const import EventName
from ..realtime.finish import EndReason
from ..realtime.history import History
from ..realtime.turn import Turn
from ..realtime.turn_session import TurnSession
from ..realtime.usage import Usage
from ..session_setup import create_config
from .answer import Answer
from .parts import Parts
from .said import Said, said_before

RESEEDED: Final = 20
"""How many of the last lines a new session is told."""


class TurnConversation:
    """Keep a session between turns; a lost one is opened again with what was said."""

    def __init__(self, conversation_id: str, parts: Parts) -> None:
        """Begin without a session."""
        self.id = conversation_id
        self._parts = parts
        self._session: TurnSession | None = None
        self._reader: asyncio.Task[None] | None = None
        self._toolbox = parts.toolbox()
        self._known = 0
        self._heard: tuple[str, Turn] | None = None
        self._history = History()
        self._usage = Usage()
        self._turns = 0
        self._is_stale = False
        self._is_over = False
        self._model = parts.options().model
        self._started_at = asyncio.get_running_loop().time()
        self._fire(EventName.CONVERSATION_STARTED)

    async def async_hear(self, frames: AsyncIterator[bytes]) -> str | None:
        """Return what was said in PCM s16le mono 24 kHz; None where nothing was.

        The answer is under way then. Raises `RealtimeError`.
        """
        self._heard = None
        session = await self._async_session(said_before(self._parts.hass, self.id))
        self._is_stale = True
        spoken = await session.hear(frames)
        if spoken is None:
            self._is_stale = session.is_busy
            return None
        self._heard = spoken.text, spoken.turn
        return spoken.text

    async def async_begin(self, text: str, said: Said) -> Answer:
        """Return the answer to a text, which is the last of what was `said`.

        Raises `RealtimeError`, or `ServiceValidationError` where the persona
        cannot be rendered.
        """
        heard, self._heard = self._heard, None
        self._note(EventName.USER_TRANSCRIPT, "user", text)
        session = self._session
        if session is not None and heard is not None and heard[0] == text:
            turn = heard[1]
        else:
            session = await self._async_session(said)
            self._is_stale = True
            turn = await session.answer(is_spoken=False)
        return Answer(self.id, session, turn, self._toolbox, self._parts.events)

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
        self._toolbox, self._model = parts.toolbox(), options.model
        config = create_config(parts.hass, options, None, self._toolbox.specs)
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
        """Put into the books what one response cost."""
        self._usage.add(usage)
        self._parts.used(Usage.of(usage), self._model)

    def _note(self, name: EventName, role: str, text: str) -> None:
        """Keep a line and tell of it."""
        self._history.write(role, f"{role}_{self._turns}", text)
        self._fire(name, item_id=None, text=text)

    def _fire(self, name: EventName, /, **data: Any) -> None:
        """Tell automations what happened."""
        self._parts.events.fire(name, self.id, **data)
