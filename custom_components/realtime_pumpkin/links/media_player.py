"""Any media player of Home Assistant as a speaker."""

import asyncio
from collections.abc import Callable
from typing import Final

from .deck import Deck
from .errors import LinkError
from .media_utterance import MediaUtterance
from .owned import Clock, Spawn, async_cancel
from .player import MediaPlayer
from .protocols import LinkCapabilities, SinkListener
from .queued import QueuedSpeaker
from .stay import Stay
from .stream_view import AudioStreams

LATENCY_MS: Final = 300
_FETCH_TIMEOUT_S: Final = 8.0

CAPABILITIES: Final = LinkCapabilities(
    full_duplex=True, echo_cancelled=False, remote_start=True, stop_latency_ms=500
)


class MediaPlayerSpeaker(QueuedSpeaker[MediaUtterance]):
    """An `AudioSink` whose player fetches each utterance as an MP3 stream.

    The player is told to play when the first MP3 exists, and what is heard is
    computed from what it fetched and when.
    """

    def __init__(
        self,
        player: MediaPlayer,
        streams: AudioStreams,
        *,
        spawn: Spawn,
        clock: Clock,
        latency_ms: float = LATENCY_MS,
        prebuffer_ms: float = 0,
        stay: Stay | None = None,
    ) -> None:
        """Speak through a player.

        It is heard `latency_ms` after it fetched `prebuffer_ms` of an utterance,
        or all of it. `stay` is what is borrowed of it meanwhile.
        """
        super().__init__(clock)
        self._spawn = spawn
        self._latency_ms = latency_ms
        self._prebuffer_ms = prebuffer_ms
        self._stay = stay
        self._player = player
        self._unwatch: Callable[[], None] = lambda: None
        self._deck = Deck(player, streams, spawn=spawn, clock=clock)
        self._writing: MediaUtterance | None = None
        self._listener: SinkListener | None = None
        self._task: asyncio.Task[None] | None = None
        self._has_failed = False

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what a media player can do."""
        return CAPABILITIES

    async def open(self, listener: SinkListener) -> None:
        """Make the speaker ready.

        Raises `SpeakerUnavailable` or `NoInternalUrl`.
        """
        self._deck.open(self._fail)
        if self._stay is not None:
            await self._stay.async_begin()
        self._listener = listener
        self._has_failed = False
        self._unwatch()
        self._unwatch = self._player.watch(self._tell_taken)
        if self._task is None:
            self._task = self._spawn(self._play_all(), "media player speaker")

    def begin(self, utterance: str) -> None:
        """Start an utterance; it is played after those before it."""
        self.finish()
        if self._has_failed:
            return
        self._writing = MediaUtterance(
            utterance,
            clock=self._clock,
            latency_ms=self._latency_ms,
            prebuffer_ms=self._prebuffer_ms,
        )
        self._writing.stream.on_change = self._wake.set
        self._queue.append(self._writing)
        self._wake.set()

    def write(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz to the utterance that was begun last."""
        writing = self._writing
        waiting = sum(each.pcm_bytes for each in self._queue)
        if writing is not None and self._room.takes(pcm, waiting):
            writing.add(pcm)

    def finish(self) -> None:
        """Say that the utterance has no more audio; it plays to its end."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.finish()

    def heard_ms(self) -> int:
        """Return how many ms of the utterance now playing have been heard."""
        return self._queue[0].heard_ms() if self._queue else 0

    def clear(self) -> int:
        """Cut the streams, stop the player, return the heard ms."""
        heard = self.heard_ms()
        self._writing = None
        for utterance in self._queue:
            utterance.stream.abort()
        self._queue.clear()
        self._deck.silence()
        self._wake.set()
        return heard

    async def close(self) -> None:
        """Fall silent and free the player; never raises."""
        self._listener = None
        self._unwatch()
        self._unwatch = lambda: None
        self.clear()
        task, self._task = self._task, None
        await async_cancel(task)
        await self._deck.async_close()
        if self._stay is not None:
            await self._stay.async_end()

    async def _play_all(self) -> None:
        """Play one utterance after the other."""
        while True:
            if self._queue:
                await self._play(self._queue[0])
            else:
                await self._sleep(None)

    async def _play(self, utterance: MediaUtterance) -> None:
        """Play an utterance to its end, or until it is cleared."""
        stream = utterance.stream
        while self._is_current(utterance) and not stream.has_data:
            if stream.is_complete:
                break
            await self._sleep(None)
        await self._deck.async_settle()
        await self._player.async_free()
        if self._is_current(utterance) and stream.has_data:
            self._deck.play(stream)
            await self._follow(utterance)
        if self._is_current(utterance):
            self._deck.retire()
            self._queue.popleft()
            self._tell_finished(utterance)

    async def _follow(self, utterance: MediaUtterance) -> None:
        """Wait until a playing utterance is over."""
        fetch_by = self._clock() + _FETCH_TIMEOUT_S
        while self._is_current(utterance):
            now = self._clock()
            if utterance.announce(now) and self._listener is not None:
                self._listener.audio_started(utterance.name)
            if utterance.is_over(now):
                return
            if utterance.is_unheard and now >= fetch_by:
                self._fail(self._deck.never_fetched())
                return
            await self._sleep(utterance.next_step_at(fetch_by))

    def _tell_finished(self, utterance: MediaUtterance) -> None:
        """Tell the listener that an utterance was heard to its end."""
        if self._listener is not None:
            self._listener.audio_finished(utterance.name, utterance.heard_ms())

    def _tell_taken(self, is_taken: bool) -> None:
        """Tell the listener that somebody else is heard here, or no more."""
        if self._listener is not None:
            self._listener.audio_taken(is_taken)

    def _fail(self, error: LinkError) -> None:
        """Tell the listener, once, that the speaker is gone."""
        if self._has_failed:
            return
        self._has_failed = True
        self.clear()
        if self._listener is not None:
            self._listener.audio_failed(error)
