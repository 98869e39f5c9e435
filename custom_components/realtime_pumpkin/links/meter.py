"""How loud a voice is heard, as well as its speaker knows what is heard."""

import asyncio
from collections.abc import Callable
import functools
from typing import Final

from ..audio.level import WINDOW_MS, Envelope
from .protocols import AudioSink, LinkCapabilities, SinkListener

type LevelListener = Callable[[float], None]
"""Hear how loud the voice is now: 0 for silence, 1 for a shout."""

_STEP_S: Final = WINDOW_MS / 1000


class LevelFeed:
    """Whoever wants to know how loud a voice is: mouths, not entities."""

    def __init__(self) -> None:
        """Tell nobody yet."""
        self._listeners: list[LevelListener] = []
        self._last = 0.0

    def listen(self, listener: LevelListener) -> Callable[[], None]:
        """Call the listener 25 times a second while there is sound."""
        self._listeners.append(listener)
        return functools.partial(self._listeners.remove, listener)

    def tell(self, level: float) -> None:
        """Tell a level; one that stays as it was is told once."""
        if level == self._last:
            return
        self._last = level
        for listener in tuple(self._listeners):
            listener(level)


class MeteredSink:
    """An `AudioSink` that tells how loud it is heard while it plays."""

    def __init__(self, sink: AudioSink, feed: LevelFeed) -> None:
        """Measure what goes through to another sink."""
        self._sink = sink
        self._feed = feed
        self._envelopes: dict[str, Envelope] = {}
        self._writing: Envelope | None = None
        self._playing: Envelope | None = None
        self._listener: SinkListener | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what the speaker's side of the link can do."""
        return self._sink.capabilities

    async def open(self, listener: SinkListener) -> None:
        """Make the speaker ready; raise `LinkError` where it cannot be had."""
        self._listener = listener
        await self._sink.open(self)

    def begin(self, utterance: str) -> None:
        """Start an utterance; it is played after those before it."""
        self._writing = self._envelopes[utterance] = Envelope()
        self._sink.begin(utterance)

    def write(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz to the utterance that was begun last."""
        if self._writing is not None:
            self._writing.push(pcm)
        self._sink.write(pcm)

    def finish(self) -> None:
        """Say that the utterance has no more audio; it plays to its end."""
        self._writing = None
        self._sink.finish()

    def heard_ms(self) -> int:
        """Return how many ms of the utterance now playing have been heard."""
        return self._sink.heard_ms()

    def clear(self) -> int:
        """Fall silent at once, drop all that is queued, return the heard ms."""
        self._forget()
        return self._sink.clear()

    async def close(self) -> None:
        """Fall silent and free the device; never raises."""
        self._forget()
        self._listener = None
        await self._sink.close()

    def audio_started(self, utterance: str) -> None:
        """Measure an utterance from now on."""
        self._playing = self._envelopes.get(utterance)
        self._tick()
        if self._listener is not None:
            self._listener.audio_started(utterance)

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Measure an utterance no more."""
        self._envelopes.pop(utterance, None)
        self._rest()
        if self._listener is not None:
            self._listener.audio_finished(utterance, heard_ms)

    def audio_failed(self, error: Exception) -> None:
        """Measure nothing any more."""
        self._forget()
        if self._listener is not None:
            self._listener.audio_failed(error)

    def _tick(self) -> None:
        """Tell the level of what is heard now, and again in a moment."""
        self._stop()
        if self._playing is not None:
            self._feed.tell(round(self._playing.at(self._sink.heard_ms()), 2))
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_STEP_S, self._tick)

    def _forget(self) -> None:
        """Forget all utterances: none of them is heard any more."""
        self._envelopes.clear()
        self._writing = None
        self._rest()

    def _rest(self) -> None:
        """Be silent until the next utterance is heard."""
        self._playing = None
        self._stop()
        self._feed.tell(0.0)

    def _stop(self) -> None:
        """Look at the level no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
