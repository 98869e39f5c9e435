"""What a satellite is to say: PCM in, paced chunks out."""

from typing import Final

from ..audio.formats import PCM_24K, SAMPLE_WIDTH
from ..audio.pacing import Pacer

LEAD_MS: Final = 200
CHUNK_MS: Final = 40


class Utterance:
    """What is to be said, what was sent of it and what was heard."""

    def __init__(self, name: str, latency_ms: float) -> None:
        """Begin an utterance without audio."""
        self.name = name
        self.is_complete = False
        self._latency_ms = latency_ms
        self._pcm = bytearray()
        self._pacer = Pacer(LEAD_MS, latency_ms)
        self._is_announced = False

    @property
    def waiting_bytes(self) -> int:
        """Return how much PCM s16le mono 24 kHz is still to be sent."""
        return len(self._pcm)

    @property
    def is_sent(self) -> bool:
        """Tell whether nothing of it will be sent any more."""
        return self.is_complete and len(self._pcm) < SAMPLE_WIDTH

    @property
    def sent_ms(self) -> int:
        """Return how many ms were sent."""
        return int(self._pacer.sent_ms)

    @property
    def dry_at(self) -> float | None:
        """Return when the satellite has played all that it was sent."""
        return self._pacer.dry_at

    @property
    def heard_to_end_at(self) -> float | None:
        """Return when the last sample sent is heard; None where none was sent."""
        return self._pacer.heard_to_end_at

    def play_after(self, busy_until: float | None) -> None:
        """Count from when the satellite has played what came before."""
        self._pacer = Pacer(LEAD_MS, self._latency_ms, busy_until)

    def add(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz."""
        self._pcm += pcm

    def take(self, now: float) -> bytes:
        """Take the PCM that may be sent now, which is at most one chunk."""
        due = min(self._pacer.room_ms(now), CHUNK_MS)
        if due < CHUNK_MS and PCM_24K.ms_of(len(self._pcm)) > due:
            return b""
        size = PCM_24K.bytes_of(CHUNK_MS)
        chunk = bytes(self._pcm[:size])
        del self._pcm[:size]
        if chunk:
            self._pacer.sent(PCM_24K.ms_of(len(chunk)), now)
        return chunk

    def heard_ms(self, now: float) -> int:
        """Return how many ms were heard."""
        return int(self._pacer.heard_ms(now))

    def announce(self, now: float) -> bool:
        """Tell, once, that the first sample has become audible."""
        audible = self._pacer.audible_at
        if self._is_announced or audible is None or now < audible:
            return False
        self._is_announced = True
        return True

    def next_step_at(self, now: float) -> float | None:
        """Return when there is something to do; None for not before a call."""
        steps = []
        if self._pcm:
            steps.append(self._pacer.room_at(CHUNK_MS, now))
        if not self._is_announced and self._pacer.audible_at is not None:
            steps.append(self._pacer.audible_at)
        return min(steps, default=None)
