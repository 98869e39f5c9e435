"""The porch check: a voice listens to its own speaker.

It knows nothing of Home Assistant; what it finds out is kept by others.
"""

import asyncio
from collections.abc import Callable
import contextlib
from dataclasses import dataclass, field
from typing import Final

from .audio.chirp import HeardChirp, chirp, find_chirp
from .audio.formats import PCM_24K
from .audio.level import level_dbfs
from .calibration import Calibration
from .links.errors import LinkError
from .links.owned import Clock, async_cancel
from .links.protocols import AudioSink, AudioSource

# A microphone that was just opened clicks, or has to find its level.
SETTLE_S: Final = 0.3
NOISE_S: Final = 0.7
LISTEN_S: Final = 3.6
"""How long a chirp is listened for: at most 3 s late, and 0.4 s long."""

# After this the link itself says that the player does not play.
_START_TIMEOUT_S: Final = 10.0
# Players that play whole buffers only would keep the end of the chirp.
_PADDING: Final = bytes(PCM_24K.bytes_of(300))
_CHIRPS: Final = 2


@dataclass(frozen=True, slots=True)
class ChirpTake:
    """What the microphone heard from the writing of a chirp on."""

    pcm: bytes
    """PCM s16le mono 24 kHz."""

    begins_at: float
    """When its first sample reached the microphone, in the clock's seconds."""

    expected_at: float | None
    """When a speaker without latency would be heard; None where none played."""


@dataclass(frozen=True, slots=True)
class PorchRecording:
    """All that a porch check recorded."""

    noise: bytes
    takes: tuple[ChirpTake, ...]


@dataclass(slots=True)
class _Tape:
    """Frames of the microphone and when each of them was complete."""

    frames: list[tuple[float, bytes]] = field(default_factory=list)

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

    def __init__(self, source: AudioSource, sink: AudioSink, clock: Clock) -> None:
        """Take the ends as they are, closed."""
        self._source = source
        self._sink = sink
        self._clock = clock
        self._tape = _Tape()
        self._started_at: dict[str, float] = {}
        self._news = asyncio.Event()
        self._failure: Exception | None = None

    async def async_run(self) -> PorchRecording:
        """Record the noise, then two chirps; takes about nine seconds.

        Raises `LinkError` where an end cannot be had or fails. Both ends are
        closed afterwards, whatever happened.
        """
        listening: asyncio.Task[None] | None = None
        try:
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
        takes = [await self._take(f"chirp {n}") for n in range(_CHIRPS)]
        return PorchRecording(noise, tuple(takes))

    async def _take(self, name: str) -> ChirpTake:
        """Play a chirp and listen until it must have been heard."""
        start = len(self._tape.frames)
        self._sink.begin(name)
        self._sink.write(chirp() + _PADDING)
        self._sink.finish()
        await self._wait(_START_TIMEOUT_S, until=lambda: name in self._started_at)
        await self._wait(LISTEN_S)
        return ChirpTake(
            self._tape.pcm(start),
            self._tape.begins_at(start),
            self._started_at.get(name),
        )

    async def _listen(self) -> None:
        """Keep the microphone's frames until it ends."""
        try:
            async for frame in self._source.frames():
                self._tape.frames.append((self._clock(), frame))
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
        """Go on listening: what the link computes is what is checked."""

    def audio_failed(self, error: Exception) -> None:
        """End the check: an end is lost."""
        self._failure = error
        self._news.set()


def evaluate(recording: PorchRecording, checked_at: str) -> Calibration:
    """Work out what a recording says; it takes some 20 ms of computing.

    `checked_at` is an ISO 8601 time. The last chirp that is heard counts: the
    first one also woke the speaker up.
    """
    found = [
        (take, heard)
        for take in recording.takes
        if take.expected_at is not None and (heard := find_chirp(take.pcm))
    ]
    noise_dbfs = round(level_dbfs(recording.noise), 1)
    if not found:
        return Calibration(noise_dbfs=noise_dbfs, checked_at=checked_at)
    latencies = [_latency_ms(take, heard) for take, heard in found]
    _, heard = found[-1]
    return Calibration(
        noise_dbfs=noise_dbfs,
        checked_at=checked_at,
        latency_ms=round(latencies[-1]),
        spread_ms=round(max(latencies) - min(latencies)),
        echo_return_db=round(heard.return_db, 1),
        level_dbfs=round(level_dbfs(chirp()) + heard.return_db, 1),
    )


def _latency_ms(take: ChirpTake, heard: HeardChirp) -> float:
    """Return how much later than expected a chirp was heard."""
    assert take.expected_at is not None
    heard_at = take.begins_at + heard.delay_ms / 1000
    return max(0.0, (heard_at - take.expected_at) * 1000)
