"""How loud a voice is heard, as well as its speaker knows what is heard."""

import asyncio
from collections import deque
from collections.abc import Callable
import functools
from typing import Final, Protocol

from ..audio.level import QUIET_DBFS, WINDOW_MS, Envelope, LoudnessMeter
from .protocols import AudioSink, LinkCapabilities, SinkListener

type LevelListener = Callable[[float], None]
"""Hear how loud the voice is now: 0 for silence, 1 for a shout."""

_STEP_S: Final = WINDOW_MS / 1000
# Louder than the noise of the porch by so much is somebody.
_ABOVE_NOISE_DB: Final = 6.0
_REMEMBERED: Final = 50
# No microphone's frames are so far apart: it hears nothing any more.
_STALE_MS: Final = 250


class Outlook(Protocol):
    """Whoever knows how loud it was, is and will be."""

    def outlook(self, ms: float, count: int) -> list[float]:
        """Return levels from `ms` after now on, each 40 ms after the one before.

        As many as are known, `count` at most; negative is what was.
        """


class LevelFeed:
    """Whoever wants to know how loud a voice is: mouths, not entities."""

    def __init__(self) -> None:
        """Tell nobody yet."""
        self._listeners: list[LevelListener] = []
        self._last = 0.0
        self.speaker: MeteredSink | None = None
        """The speaker whose levels are told now."""

    @property
    def is_heard(self) -> bool:
        """Tell whether the voice is heard now."""
        return self.speaker is not None and self.speaker.is_playing

    def outlook(self, ms: float, count: int) -> list[float]:
        """Return what is heard in `ms`, as `Outlook` says; sound lies ahead of ears."""
        return [0.0] if self.speaker is None else self.speaker.outlook(ms, count)

    @property
    def is_watched(self) -> bool:
        """Tell whether anybody listens."""
        return bool(self._listeners)

    def listen(self, listener: LevelListener) -> Callable[[], None]:
        """Call the listener 25 times a second while there is sound."""
        self._listeners.append(listener)
        if self.speaker is not None:
            self.speaker.watch()
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
        self._feed.speaker = self
        await self._sink.open(self)

    @property
    def is_playing(self) -> bool:
        """Tell whether an utterance is heard now."""
        return self._playing is not None

    def outlook(self, ms: float, count: int) -> list[float]:
        """Return what is heard in `ms`, as `Outlook` says."""
        playing = self._playing
        if playing is None:
            return [0.0] * count
        first = self._sink.heard_ms() + ms
        places = [first + step * WINDOW_MS for step in range(count)]
        if playing is self._writing:
            # More may come: what is behind the last sample is not silence.
            places = [place for place in places if place < playing.length_ms]
        return [playing.at(place) for place in places]

    def watch(self) -> None:
        """Tell levels from now on, where somebody listens."""
        if self._timer is None and self._playing is not None and self._feed.is_watched:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_STEP_S, self._tick)

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
        if self._feed.speaker is self:
            self._feed.speaker = None
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

    def audio_taken(self, is_taken: bool) -> None:
        """Pass on that somebody else plays at the speaker, or does no more."""
        if self._listener is not None:
            self._listener.audio_taken(is_taken)

    def audio_failed(self, error: Exception) -> None:
        """Measure nothing any more."""
        self._forget()
        if self._listener is not None:
            self._listener.audio_failed(error)

    def _tick(self) -> None:
        """Tell the level of what is heard now, and again in a moment."""
        self._stop()
        if self._playing is not None and self._feed.is_watched:
            self._feed.tell(round(self._playing.at(self._sink.heard_ms()), 2))
        self.watch()

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


class Ear:
    """How loud visitors are, as the microphone hears them."""

    def __init__(
        self,
        voice: LevelFeed,
        *,
        hears_voice: bool = False,
        noise_dbfs: float | None = None,
    ) -> None:
        """Hear nothing yet.

        Where the microphone `hears_voice`, what it hears while the voice speaks is no
        visitor. `noise_dbfs` is how loud the porch is without anybody.
        """
        quiet = QUIET_DBFS
        if noise_dbfs is not None:
            quiet = max(quiet, noise_dbfs + _ABOVE_NOISE_DB)
        self._meter = LoudnessMeter(quiet)
        self._voice = voice
        self._hears_voice = hears_voice
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)
        self._heard_at = 0.0

    def hear(self, pcm: bytes) -> None:
        """Take PCM s16le mono 24 kHz as it comes from the microphone."""
        levels = self._meter.push(pcm)
        is_own = self._hears_voice and self._voice.is_heard
        self._levels.extend([0.0] * len(levels) if is_own else levels)
        self._heard_at = asyncio.get_running_loop().time()

    def outlook(self, ms: float, count: int) -> list[float]:
        """Return what was heard, as `Outlook` says; nobody knows what comes."""
        wanted = asyncio.get_running_loop().time() + min(ms, 0.0) / 1000
        before_last_ms = (self._heard_at - wanted) * 1000
        place = len(self._levels) - 1 - max(0, int(before_last_ms // WINDOW_MS))
        is_known = place >= 0 and before_last_ms > -_STALE_MS
        return [self._levels[place] if is_known else 0.0]
