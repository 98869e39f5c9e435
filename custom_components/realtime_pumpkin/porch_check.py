"""The porch check: a voice listens to its own speaker.

It knows nothing of Home Assistant; what it finds out is kept by others.
"""

import asyncio
from collections.abc import Callable
import contextlib
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Final

from .audio.chirp import HeardChirp, chirp, find_chirp
from .audio.formats import PCM_24K
from .audio.level import level_dbfs
from .audio.mp3 import ENCODER_DELAY_MS, ENCODER_LAG_MS
from .calibration import Calibration
from .links.errors import LinkError
from .links.owned import Clock, async_cancel
from .links.protocols import AudioSink, AudioSource

# A microphone that was just opened clicks, or has to find its level.
SETTLE_S: Final = 0.3
NOISE_S: Final = 0.7
LONGEST_TAPE: Final = PCM_24K.bytes_of(180_000)
"""Bytes of the microphone: three times as long as the longest check."""
LISTEN_S: Final = 3.6
"""How long a chirp is listened for: at most 3 s late, and 0.4 s long."""

# After this the link itself says that the player does not play.
_START_TIMEOUT_S: Final = 10.0
_END_TIMEOUT_S: Final = 5.0
TAIL_MS: Final = 2600
"""The silence after a chirp: players begin by how much they were given, and
together they are as long as an answer."""

# A chirp written at this pace comes as slowly as an answer ever does.
_DELTA_MS: Final = 20
_AT_ONCE: Final = 2
# Beyond what a player needs when all is there; less is chance.
_LEAST_PREBUFFER_MS: Final = 100
# Whoever collects gets MP3, which comes later than what was written.
_ENCODING_MS: Final = ENCODER_DELAY_MS + ENCODER_LAG_MS


@dataclass(frozen=True, slots=True)
class ChirpTake:
    """What the microphone heard from the writing of a chirp on."""

    pcm: bytes
    """PCM s16le mono 24 kHz."""

    begins_at: float
    """When its first sample reached the microphone, in the clock's seconds."""

    expected_at: float | None
    """When a speaker without latency would be heard; None where none played."""

    written_from: float | None = None
    """Since when it was written in real time; None where it was at once."""


@dataclass(frozen=True, slots=True)
class PorchRecording:
    """All that a porch check recorded."""

    noise: bytes
    takes: tuple[ChirpTake, ...]


@dataclass(slots=True)
class _Tape:
    """Frames of the microphone and when each of them was complete."""

    frames: list[tuple[float, bytes]] = field(default_factory=list)
    size: int = 0

    def add(self, at: float, frame: bytes) -> None:
        """Keep a frame, as long as there is tape."""
        if self.size + len(frame) <= LONGEST_TAPE:
            self.frames.append((at, frame))
            self.size += len(frame)

    def pcm(self, start: int) -> bytes:
        """Return what was recorded from a frame on."""
        return b"".join(frame for _, frame in self.frames[start:])

    def begins_at(self, start: int) -> float:
        """Return when a frame began to be heard.

        Frames come late but never early, so the promptest one tells the time.
        """
        heard_s, begins_at = 0.0, float("inf")
        for at, frame in self.frames[start:]:
            heard_s += PCM_24K.ms_of(len(frame)) / 1000
            begins_at = min(begins_at, at - heard_s)
        return begins_at


class PorchCheck:
    """Play chirps on a speaker without latency while the microphone records."""

    def __init__(
        self,
        source: AudioSource,
        sink: AudioSink,
        clock: Clock,
        opening: AbstractAsyncContextManager[None] | None = None,
    ) -> None:
        """Take the ends as they are, closed; the microphone is opened in `opening`."""
        self._opening = opening or contextlib.nullcontext()
        self._source = source
        self._sink = sink
        self._clock = clock
        self._tape = _Tape()
        self._started_at: dict[str, float] = {}
        self._finished: set[str] = set()
        self._news = asyncio.Event()
        self._failure: Exception | None = None

    async def async_run(self) -> PorchRecording:
        """Record the noise, then three chirps; takes about 15 seconds.

        Raises `LinkError` where an end cannot be had or fails. Both ends are
        closed afterwards, whatever happened.
        """
        listening: asyncio.Task[None] | None = None
        try:
            async with self._opening:
                await self._source.open()
            await self._sink.open(self)
            listening = asyncio.get_running_loop().create_task(self._listen())
            return await self._record()
        finally:
            await async_cancel(listening)
            await asyncio.gather(self._sink.close(), self._source.close())

    async def _record(self) -> PorchRecording:
        """Record noise and chirps, one after the other."""
        await self._wait(SETTLE_S)
        start = len(self._tape.frames)
        await self._wait(NOISE_S)
        noise = self._tape.pcm(start)
        takes = [await self._take_at_once(f"chirp {n}") for n in range(_AT_ONCE)]
        takes.append(await self._take_slowly("chirp in real time"))
        return PorchRecording(noise, tuple(takes))

    async def _take_at_once(self, name: str) -> ChirpTake:
        """Play a chirp that is there as a whole; record it."""
        start = len(self._tape.frames)
        self._sink.begin(name)
        self._sink.write(_sound())
        self._sink.finish()
        return await self._take(name, start, LISTEN_S)

    async def _take_slowly(self, name: str) -> ChirpTake:
        """Play a chirp that comes in real time; record it."""
        start, begin = len(self._tape.frames), self._clock()
        sound, size = _sound(), PCM_24K.bytes_of(_DELTA_MS)
        self._sink.begin(name)
        for place in range(0, len(sound), size):
            await self._wait(begin + PCM_24K.ms_of(place) / 1000 - self._clock())
            self._sink.write(sound[place : place + size])
        self._sink.finish()
        take = await self._take(name, start, LISTEN_S + TAIL_MS / 1000)
        return replace(take, written_from=begin)

    async def _take(self, name: str, start: int, listen_s: float) -> ChirpTake:
        """Listen until a chirp must have been heard; return it from a frame on."""
        await self._wait(_START_TIMEOUT_S, until=lambda: name in self._started_at)
        expected_at = self._started_at.get(name)
        until = (expected_at or self._clock()) + listen_s
        await self._wait(until - self._clock())
        if expected_at is not None:  # The next one is not to queue behind this one.
            await self._wait(_END_TIMEOUT_S, until=lambda: name in self._finished)
        return ChirpTake(
            self._tape.pcm(start), self._tape.begins_at(start), expected_at
        )

    async def _listen(self) -> None:
        """Keep the microphone's frames until it ends."""
        try:
            async for frame in self._source.frames():
                self._tape.add(self._clock(), frame)
        except LinkError as error:
            self.audio_failed(error)
        else:
            self.audio_failed(LinkError())

    async def _wait(
        self, seconds: float, until: Callable[[], bool] = lambda: False
    ) -> None:
        """Let time pass, or less where something holds; raise what failed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._failure is None and not until():
                    self._news.clear()
                    await self._news.wait()
        if self._failure is not None:
            raise self._failure

    def audio_started(self, utterance: str) -> None:
        """Note when a chirp should have become audible."""
        self._started_at[utterance] = self._clock()
        self._news.set()

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Note that the next chirp may come: what was heard is what is checked."""
        self._finished.add(utterance)
        self._news.set()

    def audio_taken(self, is_taken: bool) -> None:
        """Let it be: a chirp that is lost is one that is not heard."""

    def audio_failed(self, error: Exception) -> None:
        """End the check: an end is lost."""
        self._failure = error
        self._news.set()


def evaluate(recording: PorchRecording, checked_at: str) -> Calibration:
    """Work out what a recording says; it takes some 50 ms of computing.

    `checked_at` is an ISO 8601 time. The last chirp that is heard counts: the
    first one also woke the speaker up.
    """
    found = [
        (take, heard)
        for take in recording.takes
        if take.expected_at is not None and (heard := find_chirp(take.pcm))
    ]
    noise_dbfs = round(level_dbfs(recording.noise), 1)
    at_once = [each for each in found if each[0].written_from is None]
    if not at_once:
        return Calibration(noise_dbfs=noise_dbfs, checked_at=checked_at)
    latencies = [_latency_ms(*each) for each in at_once]
    slowly = [each for each in found if each[0].written_from is not None]
    _, heard = at_once[-1]
    return Calibration(
        noise_dbfs=noise_dbfs,
        checked_at=checked_at,
        latency_ms=round(latencies[-1]),
        spread_ms=round(max(latencies) - min(latencies)),
        prebuffer_ms=_prebuffer_ms(*slowly[-1], latencies[-1]) if slowly else 0,
        echo_return_db=round(heard.return_db, 1),
        level_dbfs=round(level_dbfs(chirp()) + heard.return_db, 1),
    )


def _sound() -> bytes:
    """Return a chirp and its silence."""
    return chirp() + bytes(PCM_24K.bytes_of(TAIL_MS))


def _latency_ms(take: ChirpTake, heard: HeardChirp) -> float:
    """Return how much later than expected a chirp was heard."""
    assert take.expected_at is not None
    heard_at = take.begins_at + heard.delay_ms / 1000
    return max(0.0, (heard_at - take.expected_at) * 1000)


def _prebuffer_ms(take: ChirpTake, heard: HeardChirp, latency_ms: float) -> int:
    """Return how much of a chirp a player had when it began to play it."""
    assert take.expected_at is not None
    assert take.written_from is not None
    waited_ms = _latency_ms(take, heard) - latency_ms
    if waited_ms < _LEAST_PREBUFFER_MS:
        return 0
    fetched_ms = (take.expected_at - take.written_from) * 1000 - _ENCODING_MS
    return round(waited_ms + fetched_ms)
