"""What a browser's tab is to say, and how far it is with it."""

from collections.abc import Mapping
from dataclasses import dataclass
import math
from typing import Any, Self

from ..audio.formats import PCM_24K, SAMPLE_WIDTH

# Reports come ten times a second; after more than this one is missing.
_MOST_EXTRAPOLATED_MS = 250.0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a tab reports of the utterance that it plays."""

    number: int
    played_ms: float
    """What has left the tab's buffer: it cannot be called back any more."""

    latency_ms: float
    """How much later than that it is heard."""

    is_playing: bool
    is_done: bool

    @classmethod
    def from_report(cls, report: Mapping[str, Any]) -> Self | None:
        """Read a report; None where it is of something else or makes no sense."""
        if report.get("type") != "speaker":
            return None
        try:
            played, latency = float(report["played"]), float(report["latency"])
            number = int(report["n"])
        except KeyError, TypeError, ValueError, OverflowError:
            return None
        if not (math.isfinite(played) and math.isfinite(latency)):
            return None
        return cls(
            number,
            max(0.0, played),
            min(max(0.0, latency), 2000.0),
            is_playing=report.get("playing") is True,
            is_done=report.get("done") is True,
        )


class Utterance:
    """One utterance: its sound, what was sent of it, what was played."""

    def __init__(self, name: str, number: int) -> None:
        """Begin an utterance without sound."""
        self.name = name
        self.number = number
        self.is_complete = False
        self.is_end_told = False
        self.is_announced = False
        self._pcm = bytearray()
        self._sent = 0
        self._played_ms = 0.0
        self._latency_ms = 0.0
        self._is_playing = False
        self._reported_at = 0.0

    @property
    def size(self) -> int:
        """Return how many bytes of sound it has so far."""
        return len(self._pcm)

    @property
    def total_ms(self) -> float:
        """Return how long it is so far."""
        return PCM_24K.ms_of(len(self._pcm))

    @property
    def unplayed_ms(self) -> float:
        """Return how much the tab has and has not played, as last reported."""
        return PCM_24K.ms_of(self._sent) - self._played_ms

    def add(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz."""
        self._pcm += pcm

    def take(self, size: int) -> tuple[int, bytes]:
        """Take at most so many bytes to send, and where they begin."""
        at = self._sent
        whole = len(self._pcm) - len(self._pcm) % SAMPLE_WIDTH
        chunk = bytes(self._pcm[at : min(at + size, whole)])
        self._sent += len(chunk)
        return at, chunk

    def resume(self, received_bytes: int | None) -> None:
        """Send again what a tab does not have; None: another one, from the mouth."""
        self.is_end_told = False
        self._is_playing = False
        if received_bytes is None:
            received_bytes = PCM_24K.bytes_of(self._played_ms)
        self._sent = min(received_bytes, self._sent) // SAMPLE_WIDTH * SAMPLE_WIDTH

    def progress(self, progress: Progress, now: float) -> None:
        """Take what the tab reports; what is played never falls."""
        sent_ms = PCM_24K.ms_of(self._sent)
        self._played_ms = max(self._played_ms, min(progress.played_ms, sent_ms))
        self._latency_ms = progress.latency_ms
        self._is_playing = progress.is_playing
        self._reported_at = now

    def played_ms(self, now: float) -> float:
        """Return how much has left the tab's buffer, by its own clock."""
        since = (now - self._reported_at) * 1000 if self._is_playing else 0.0
        played = self._played_ms + min(since, _MOST_EXTRAPOLATED_MS)
        return min(played, PCM_24K.ms_of(self._sent))

    def heard_ms(self, now: float) -> float:
        """Return how much was heard."""
        return max(0.0, self.played_ms(now) - self._latency_ms)
