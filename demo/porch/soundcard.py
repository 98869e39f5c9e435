"""A sound card without a card: one clock for the microphone and the speaker.

A core without I/O: time passes when `period` is called, 10 ms at a time.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

PERIOD_MS = 10
BUFFER_MS = 60
"""What the card takes ahead of what is heard, per stream."""

_NOISE_PEAK = 40
_NOISE_SEED = 31
_WIDTH = 2


@dataclass(frozen=True, slots=True)
class Period:
    """10 ms of the porch; PCM s16le mono at each side's own rate."""

    start_ms: int
    microphone: bytes
    visitor: bytes
    """What the microphone would hear without the speaker."""

    speaker: bytes
    speaker_peak: int
    microphone_peak: int
    drained: tuple[int, ...]
    """The streams that have played to their end."""

    line_ended: bool
    """The visitor's line was heard to its end in this period."""


@dataclass(frozen=True, slots=True)
class Echo:
    """How the speaker comes back into the microphone."""

    db: float
    """How loud it is there, compared with what is played."""

    delay_ms: int = 0
    """How long the sound is under way."""


@dataclass(slots=True)
class _Stream:
    """What one program wants to be heard."""

    pending: bytearray = field(default_factory=bytearray)
    ended: bool = False


class SoundCard:
    """Play what programs write, let them hear what the visitor says."""

    def __init__(
        self, *, microphone_rate: int, speaker_rate: int, echo: Echo | None = None
    ) -> None:
        """Start the clock at 0; rates are in Hz."""
        self.microphone_rate = microphone_rate
        self.speaker_rate = speaker_rate
        self._gain = 0.0
        self._air = np.zeros(0)
        self.let_echo(echo)
        self._periods = 0
        self._streams: dict[int, _Stream] = {}
        self._lines: deque[NDArray[np.int16]] = deque()
        self._spoken = 0
        self._heard = 0
        noise = np.random.default_rng(_NOISE_SEED)
        self._night = noise.integers(
            -_NOISE_PEAK, _NOISE_PEAK, microphone_rate * 4, np.int16, endpoint=True
        )

    def let_echo(self, echo: Echo | None) -> None:
        """Lead the speaker's sound into the microphone from now on, or not at all."""
        self._gain = 0.0 if echo is None else 10 ** (echo.db / 20)
        delay_ms = 0 if echo is None else echo.delay_ms
        self._air = np.zeros(delay_ms * self.microphone_rate // 1000)

    def say(self, pcm: bytes) -> None:
        """Let the visitor say a line, after those before it."""
        self._lines.append(np.frombuffer(pcm, "<i2"))

    def open(self, stream: int) -> None:
        """Let a program begin to play."""
        self._streams[stream] = _Stream()

    def free(self, stream: int) -> int:
        """Return how many bytes the card takes of a stream now."""
        limit = self.speaker_rate * BUFFER_MS // 1000 * _WIDTH
        return max(limit - len(self._streams[stream].pending), 0)

    def write(self, stream: int, pcm: bytes) -> None:
        """Take what a program plays."""
        self._streams[stream].pending += pcm

    def end(self, stream: int) -> None:
        """Hear that a program has no more; what it wrote is played to its end."""
        self._streams[stream].ended = True

    def period(self) -> Period:
        """Let 10 ms pass."""
        start_ms = self._periods * PERIOD_MS
        spoken, line_ended = self._listen(self._count(self.microphone_rate))
        played = self._play(self._count(self.speaker_rate))
        self._periods += 1
        return Period(
            start_ms,
            self._with_echo(spoken, played).tobytes(),
            spoken.tobytes(),
            played.tobytes(),
            _peak(played),
            _peak(spoken),
            self._drained(),
            line_ended,
        )

    def _count(self, rate: int) -> int:
        """Return how many samples of a rate this period has."""
        done = self._periods * rate * PERIOD_MS // 1000
        return (self._periods + 1) * rate * PERIOD_MS // 1000 - done

    def _listen(self, count: int) -> tuple[NDArray[np.int16], bool]:
        """Return what the microphone hears: the night and the visitor."""
        heard = self._night.take(
            range(self._heard, self._heard + count), mode="wrap"
        ).astype(np.int32)
        self._heard += count
        if not self._lines:
            return heard.astype("<i2"), False
        line = self._lines[0][self._spoken : self._spoken + count]
        heard[: len(line)] += line
        self._spoken += count
        ended = self._spoken >= len(self._lines[0])
        if ended:
            self._lines.popleft()
            self._spoken = 0
        return _clipped(heard), ended

    def _with_echo(
        self, spoken: NDArray[np.int16], played: NDArray[np.int16]
    ) -> NDArray[np.int16]:
        """Return what the microphone hears while the speaker plays."""
        if not self._gain:
            return spoken
        places = np.linspace(0, len(played) - 1, len(spoken))
        leaving = np.interp(places, np.arange(len(played)), played) * self._gain
        arriving = np.concatenate((self._air, leaving))
        self._air = arriving[len(spoken) :]
        heard = np.rint(arriving[: len(spoken)]).astype(np.int32)
        return _clipped(spoken.astype(np.int32) + heard)

    def _play(self, count: int) -> NDArray[np.int16]:
        """Return what the speaker plays: all streams together."""
        played = np.zeros(count, np.int32)
        for stream in self._streams.values():
            size = min(count * _WIDTH, len(stream.pending) // _WIDTH * _WIDTH)
            played[: size // _WIDTH] += np.frombuffer(
                bytes(stream.pending[:size]), "<i2"
            )
            del stream.pending[:size]
        return _clipped(played)

    def _drained(self) -> tuple[int, ...]:
        """Forget the streams that have played to their end and return them."""
        done = tuple(
            key
            for key, stream in self._streams.items()
            if stream.ended and len(stream.pending) < _WIDTH
        )
        for key in done:
            del self._streams[key]
        return done


def _clipped(samples: NDArray[np.int32]) -> NDArray[np.int16]:
    """Return samples as a converter would, clipped at full scale."""
    return np.clip(samples, -32768, 32767).astype("<i2")


def _peak(samples: NDArray[np.int16]) -> int:
    """Return the greatest deflection, 0 to 32768."""
    return int(np.abs(samples.astype(np.int32)).max(initial=0))
