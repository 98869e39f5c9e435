"""A session that listens and answers turn by turn, for ears that cannot stay open."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable
import contextlib
from dataclasses import dataclass, field
from typing import Any, Final

from .config import SessionConfig
from .connection import Connect, RealtimeConnection
from .errors import ConnectionLost, ErrorKind, RealtimeError
from .events import (
    AudioDelta,
    ItemFinished,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SpeechCommitted,
    SpeechStarted,
    UserTranscript,
    UserTranscriptFailed,
)
from .history import text_item
from .turn import Turn
from .wire import read_event

SILENCE_TIMEOUT: Final = 15.0
"""How long nobody needs to speak before the turn is given up, in seconds."""

SPEECH_TIMEOUT: Final = 90.0
TRANSCRIPT_TIMEOUT: Final = 10.0
UNKNOWN_WORDS: Final = "…"
"""What is heard where there was speech that nobody could write down."""

CANCELLED_TOO_LATE: Final = "response_cancel_not_active"
_WORDS: Final = frozenset(
    {
        "response.output_audio_transcript.delta",
        "response.output_text.delta",
        "response.text.delta",
        "response.audio_transcript.delta",
    }
)

type OnUsage = Callable[[dict[str, Any]], None]


def _future() -> asyncio.Future[Any]:
    """Return a future of the running loop."""
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True)
class _Listening:
    """What is known of the turn that is being spoken."""

    answers: bool
    """The answer is asked for at its end, without its words."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    words: asyncio.Future[str] = field(default_factory=_future)
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said in one turn, and the answer that is already under way."""

    text: str
    turn: Turn | None
    """None where no answer was to be asked for yet."""


class TurnSession:
    """One websocket behind all turns of one conversation."""

    def __init__(self, connection: RealtimeConnection, on_usage: OnUsage) -> None:
        """Take a configured session; `run` must read it."""
        self._connection = connection
        self._on_usage = on_usage
        self._listening: _Listening | None = None
        self._turn: Turn | None = None
        self._is_answering = False
        self.is_open = True

    @classmethod
    async def open(
        cls, connect: Connect, config: SessionConfig, on_usage: OnUsage
    ) -> TurnSession:
        """Return a configured session; raise `RealtimeError` where there is none."""
        connection = await connect()
        try:
            await connection.expect_session()
            await connection.configure(config.as_dict())
        except BaseException:
            await connection.close()
            raise
        return cls(connection, on_usage)

    @property
    def is_busy(self) -> bool:
        """Tell whether the model has not ended its last answer yet."""
        return self._is_answering

    async def run(self) -> None:
        """Read the socket until it ends; everybody who waits is told then."""
        error: RealtimeError = ConnectionLost(1000, "closed")
        try:
            while True:
                await self._take(await self._connection.recv())
        except RealtimeError as lost:
            error = lost
        finally:
            self._lose(error)
            await self._connection.close()

    async def tell(self, said: Iterable[tuple[str, str]]) -> None:
        """Put what was said (role and text) into the session."""
        for role, text in said:
            item = text_item(role, text)
            await self._send({"type": "conversation.item.create", "item": item})

    async def hear(
        self, frames: AsyncIterator[bytes], *, answers: bool = True
    ) -> Spoken | None:
        """Listen to PCM s16le mono 24 kHz until somebody has spoken.

        None where nobody has. The answer is under way then if it `answers`.
        Raises `RealtimeError` where the session is lost.
        """
        await self._send({"type": "input_audio_buffer.clear"})
        listening = self._listening = _Listening(answers)
        sending = asyncio.create_task(self._send_frames(frames, listening))
        try:
            await self._until_spoken(listening, sending)
            if not (listening.committed.is_set() or listening.words.done()):
                return None
            async with asyncio.timeout(TRANSCRIPT_TIMEOUT):
                text = await listening.words
        except TimeoutError:
            text = UNKNOWN_WORDS if listening.turn else ""
        finally:
            self._listening = None
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        if not text.strip():
            if listening.turn is not None:
                await self.give_up(listening.turn)
            return None
        if answers and listening.turn is None:
            listening.turn = await self.answer(is_spoken=True)
        return Spoken(text, listening.turn)

    async def answer(self, *, is_spoken: bool) -> Turn:
        """Let the model answer what was said; raise `RealtimeError`."""
        turn = Turn(is_spoken=is_spoken)
        await self.respond(turn)
        return turn

    async def respond(self, turn: Turn, instructions: str | None = None) -> None:
        """Ask for a response, which is a further part of a turn's answer."""
        self._turn, turn.response_id = turn, None
        modality = "audio" if turn.is_spoken else "text"
        response: dict[str, Any] = {"output_modalities": [modality]}
        if instructions is not None:
            response["instructions"] = instructions
        await self._send({"type": "response.create", "response": response})
        self._is_answering = True

    async def give_up(self, turn: Turn) -> None:
        """Stop an answer that nobody takes: it would only cost.

        What it has cost until then is told as always.
        """
        is_being_made = self._is_answering and turn is self._turn
        turn.end()
        if is_being_made:
            with contextlib.suppress(RealtimeError):
                await self._send({"type": "response.cancel"})

    async def tool_finished(self, call_id: str, output: str) -> None:
        """Give the model a tool's result, a JSON text."""
        item = {"type": "function_call_output", "call_id": call_id, "output": output}
        await self._send({"type": "conversation.item.create", "item": item})

    async def _send(self, event: dict[str, Any]) -> None:
        """Send an event; raise `ConnectionLost` where the socket has ended."""
        if not self.is_open:
            raise ConnectionLost(1006, "The session is closed")
        await self._connection.send(event)

    async def _send_frames(
        self, frames: AsyncIterator[bytes], listening: _Listening
    ) -> None:
        """Send what is heard; its end is the end of the turn."""
        async for pcm in frames:
            if listening.committed.is_set():
                return
            audio = b64encode(pcm).decode()
            await self._send({"type": "input_audio_buffer.append", "audio": audio})
        if not listening.committed.is_set():
            await self._send({"type": "input_audio_buffer.commit"})

    async def _until_spoken(
        self, listening: _Listening, sending: asyncio.Task[None]
    ) -> None:
        """Wait until a turn was committed, or nobody spoke for too long."""
        started = asyncio.create_task(listening.started.wait())
        committed = asyncio.create_task(listening.committed.wait())
        try:
            await asyncio.wait(
                (started, committed, sending, listening.words),
                timeout=SILENCE_TIMEOUT,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not (listening.started.is_set() or sending.done()):
                return
            await asyncio.wait(
                (committed, listening.words),
                timeout=SPEECH_TIMEOUT if not sending.done() else TRANSCRIPT_TIMEOUT,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if sending.done() and not sending.cancelled():
                sending.result()
        finally:
            started.cancel()
            committed.cancel()

    def _lose(self, error: RealtimeError) -> None:
        """Tell everybody who waits that the session is gone."""
        self.is_open = False
        if self._turn is not None:
            self._turn.end(error)
        listening = self._listening
        if listening is not None and not listening.words.done():
            listening.words.set_exception(error)
            listening.committed.set()

    async def _take(self, message: dict[str, Any]) -> None:
        """Do with a server event as it needs."""
        match message:
            case {"type": "error", "error": dict(error)}:
                self._refused(RealtimeError.from_payload(error))
            case {"type": str(kind), "delta": str(words)} if kind in _WORDS:
                if (turn := self._turn_of(message.get("response_id"))) is not None:
                    turn.say(words)
            case _:
                event = read_event(message)
                await self._listen(event)
                self._answered(event)

    async def _listen(self, event: ServerEvent | None) -> None:
        """Follow the turn that is being spoken."""
        if (listening := self._listening) is None:
            return
        match event:
            case SpeechStarted():
                listening.started.set()
            case SpeechCommitted():
                asks = listening.answers and listening.started.is_set()
                if asks and listening.turn is None:
                    # The words take longer than the answer may: it is asked for now.
                    listening.turn = await self.answer(is_spoken=True)
                listening.committed.set()
            case UserTranscript(_, text) if not listening.words.done():
                listening.words.set_result(text)
            case UserTranscriptFailed() if not listening.words.done():
                listening.words.set_result(UNKNOWN_WORDS)

    def _answered(self, event: ServerEvent | None) -> None:
        """Add to the answer that is under way."""
        match event:
            case ResponseCreated(response_id) if self._turn is not None:
                self._turn.response_id = self._turn.response_id or response_id
            case AudioDelta(response_id, _, _, pcm):
                if (turn := self._turn_of(response_id)) is not None:
                    turn.sounds(pcm)
            case ItemFinished(response_id=response_id, call=call) if call is not None:
                if (turn := self._turn_of(response_id)) is not None:
                    turn.call(call)
            case ResponseDone(response_id=response_id, usage=usage) as done:
                self._is_answering = False
                self._on_usage(usage)
                if (turn := self._turn_of(response_id)) is not None:
                    turn.response_done(done)

    def _turn_of(self, response_id: Any) -> Turn | None:
        """Return the turn that a response belongs to."""
        turn = self._turn
        return turn if turn is not None and turn.response_id == response_id else None

    def _refused(self, error: RealtimeError) -> None:
        """Tell whoever waits why it was in vain; a harmless race tells nobody."""
        listening = self._listening
        if error.kind is not ErrorKind.BENIGN:
            if self._turn is not None:
                self._turn.end(error)
            if listening is not None and not listening.words.done():
                listening.words.set_exception(error)
        elif error.code == CANCELLED_TOO_LATE:
            return
        elif listening is not None and not listening.words.done():
            # Nothing was there to be committed.
            listening.words.set_result("")
