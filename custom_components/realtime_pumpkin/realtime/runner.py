"""The conversation's shell: sockets, the clock and the speaker for its core."""

import asyncio
from collections.abc import Iterable
import contextlib
import time
from typing import Any, Final

from .actions import (
    Action,
    BeginUtterance,
    ClearSpeaker,
    End,
    FinishUtterance,
    Notify,
    Play,
    Reconnect,
    RunTool,
    Send,
    SendAudio,
)
from .config import Behaviour, SessionConfig
from .connection import Connect, RealtimeConnection
from .errors import ConnectionLost, ErrorKind, RealtimeError
from .events import Phase, ServerEvent
from .outbox import Outbox
from .protocols import SessionObserver, Speaker
from .session import SessionCore
from .signals import (
    Leave,
    Message,
    MicrophoneFrame,
    Picture,
    PlaySound,
    Role,
    Signal,
    SocketLost,
    SpeakerCleared,
    SpeakerFinished,
    SpeakerStarted,
    SpeakerTaken,
    Stop,
    ToolFinished,
    Wake,
)
from .usage import Usage
from .wire import read_event

TOO_SLOW: Final = "Nothing answered in time"


class RealtimeSession:
    """A `ConversationSession` over the Realtime API, one socket at a time."""

    def __init__(
        self,
        config: SessionConfig,
        behaviour: Behaviour,
        *,
        connect: Connect,
        speaker: Speaker,
        observer: SessionObserver,
    ) -> None:
        """Prepare a conversation; `connect` opens a socket for it."""
        loop = asyncio.get_running_loop()
        offset = time.time() - loop.time()
        self._core = SessionCore(config, behaviour, epoch_offset=offset)
        self._connect = connect
        self._speaker = speaker
        self._observer = observer
        self._loop = loop
        self._outbox = Outbox()
        self._connection: RealtimeConnection | None = None
        self._retry: Reconnect | None = None
        self._hang_up: asyncio.Task[None] | None = None
        self._wake: asyncio.TimerHandle | None = None
        self._phase = Phase.IDLE
        self._ended: asyncio.Future[str] = self._loop.create_future()

    @property
    def turns(self) -> int:
        """Return how many turns of the visitor were answered aloud."""
        return self._core.turns

    @property
    def usage(self) -> Usage:
        """Return the tokens that were used."""
        return self._core.usage

    def transcript(self) -> list[dict[str, str]]:
        """Return what was said, as `role` (user, assistant) and `text`."""
        return self._core.history.transcript()

    async def open(self) -> None:
        """Open the first socket; raise `RealtimeError` where it cannot be had."""
        self._connection = await self._connect()
        await self._connection.expect_session()

    async def run(self) -> str:
        """Hold the conversation; return the reason for its end."""
        supervisor = self._loop.create_task(self._supervise())
        try:
            await asyncio.wait(
                (supervisor, self._ended), return_when=asyncio.FIRST_COMPLETED
            )
            if not self._ended.done():
                supervisor.result()  # Only a mistake of ours ends it first.
            return await self._ended
        finally:
            supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await supervisor

    async def close(self) -> None:
        """Close what is open, within 2 s."""
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        await self._close_socket()

    async def _close_socket(self) -> None:
        """Close the socket, within 2 s; the clocks run on."""
        if self._hang_up is not None:
            await self._hang_up
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def hear(self, pcm: bytes) -> None:
        """Take a microphone frame: PCM s16le mono 24 kHz, 20 to 100 ms."""
        now = self._loop.time()
        if (passed_on := self._core.pass_on(pcm, now)) is not None:
            self._outbox.put_audio(passed_on)
        elif actions := self._core.feed(MicrophoneFrame(pcm), now):
            self._perform(actions)
            self._follow()

    def add_message(self, role: str, text: str, *, respond: bool) -> None:
        """Put a message (role system or user) into the conversation."""
        self._feed(Message(Role(role), text, respond))

    def play_sound(self, pcm: bytes) -> bool:
        """Play a sound behind what is being said; tell whether it will be heard."""
        is_taken = self._core.takes_sounds
        self._feed(PlaySound(pcm))
        return is_taken

    def show(self, url: str, caption: str) -> None:
        """Let the model see a picture: a data URL, and what it is in words."""
        self._feed(Picture(url, caption))

    def tool_finished(self, call_id: str, output: str) -> None:
        """Give the model a tool's result, a JSON text."""
        self._feed(ToolFinished(call_id, output))

    def stop(self, reason: str, *, goodbye: bool) -> None:
        """End the conversation, after a spoken goodbye or at once."""
        self._feed(Stop(reason, goodbye))

    def leave(self, reason: str, last_words: str) -> None:
        """End the conversation once what is being said was heard."""
        self._feed(Leave(reason, last_words))

    def audio_started(self, utterance: str) -> None:
        """Hear from the speaker that an utterance became audible."""
        self._feed(SpeakerStarted(utterance))

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Hear from the speaker that an utterance was heard to its end."""
        self._feed(SpeakerFinished(utterance, heard_ms))

    def speaker_taken(self, is_taken: bool) -> None:
        """Hear from the speaker that somebody else plays there, or does no more."""
        self._feed(SpeakerTaken(is_taken))

    async def _supervise(self) -> None:
        """Keep a socket open until the conversation ends."""
        while not self._core.is_over:
            error = await self._serve()
            self._outbox.clear()
            if self._retry is None:
                self._feed(SocketLost(error))
            while self._retry is not None:
                await self._reconnect(self._retry)
            if self._connection is None:
                return  # What was received is still heard; then the core ends.

    async def _serve(self) -> RealtimeError:
        """Talk on the open socket until it is lost; return why it was."""
        connection = self._connection
        if connection is None:
            return RealtimeError(ErrorKind.LOST, None, "There is no socket")
        self._outbox.open(connection.send_now)
        sender = self._loop.create_task(self._send(connection))
        try:
            for message in connection.first_words:
                self._take(message)
            while True:
                self._take(await connection.recv())
        except ConnectionLost as error:
            return error
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender
            await self._close_socket()

    async def _send(self, connection: RealtimeConnection) -> None:
        """Send what waits; the receiving side learns of a lost socket."""
        with contextlib.suppress(ConnectionLost):
            while True:
                await connection.send(await self._outbox.get())

    async def _reconnect(self, wanted: Reconnect) -> None:
        """Try once for a new socket."""
        self._retry = None
        await asyncio.sleep(wanted.delay)
        try:
            async with asyncio.timeout(wanted.within):
                await self.open()
        except TimeoutError:
            await self._give_up(RealtimeError(ErrorKind.UNREACHABLE, None, TOO_SLOW))
        except RealtimeError as error:
            await self._give_up(error)

    async def _give_up(self, error: RealtimeError) -> None:
        """Close what is half open and tell why it is not open."""
        await self._close_socket()
        self._feed(SocketLost(error))

    def _take(self, message: dict[str, Any]) -> None:
        """Take a server event; one that is unknown is ignored."""
        event = read_event(message)
        if event is not None:
            self._feed(event)

    def _feed(self, event: ServerEvent | Signal) -> None:
        """Feed the core, do what it wants and set its clock."""
        self._perform(self._core.feed(event, self._loop.time()))
        self._follow()

    def _follow(self) -> None:
        """Set the core's clock and tell what the voice is doing now."""
        self._set_wake()
        if (phase := self._core.phase) is not self._phase:
            self._phase = phase
            self._observer.phase_changed(phase)

    def _perform(self, actions: Iterable[Action]) -> None:
        """Do what the core wants done, in order."""
        for action in actions:
            match action:
                case SendAudio(pcm):
                    self._outbox.put_audio(pcm)
                case Play(pcm):
                    self._speaker.write(pcm)
                case Send(event):
                    self._queue(event)
                case Notify(update):
                    self._observer.conversation_updated(update)
                case RunTool(call):
                    self._observer.tool_called(call)
                case _:
                    self._steer(action)

    def _steer(self, action: Action) -> None:
        """Do the rarer things: the speaker's utterances, the socket, the end."""
        match action:
            case BeginUtterance(utterance):
                self._speaker.begin(utterance)
            case FinishUtterance():
                self._speaker.finish()
            case ClearSpeaker():
                cleared = SpeakerCleared(self._speaker.clear())
                self._perform(self._core.feed(cleared, self._loop.time()))
            case Reconnect():
                self._retry = action
                self._drop_socket()
            case End(reason) if not self._ended.done():
                self._ended.set_result(reason)

    def _queue(self, event: dict[str, Any]) -> None:
        """Queue a client event; a service that takes none is gone."""
        if self._outbox.is_full:
            self._drop_socket()
        else:
            self._outbox.put(event)

    def _drop_socket(self) -> None:
        """Close a socket that may still be open, so that `_serve` ends."""
        connection = self._connection
        if connection is not None and self._hang_up is None:
            self._hang_up = self._loop.create_task(connection.close())
            self._hang_up.add_done_callback(self._forget_hang_up)

    def _forget_hang_up(self, _task: asyncio.Task[None]) -> None:
        """Be ready to drop the next socket."""
        self._hang_up = None

    def _set_wake(self) -> None:
        """Wake the core when it asked to be woken."""
        at = self._core.next_wake
        if self._wake is not None:
            if self._wake.when() == at:
                return
            self._wake.cancel()
        self._wake = None if at is None else self._loop.call_at(at, self._on_wake)

    def _on_wake(self) -> None:
        """Tell the core the time."""
        self._wake = None
        self._feed(Wake())
