"""The sound of one answer on its way to the ear: its pieces, what was heard of each.

Audio is PCM s16le mono 24 kHz, so 48 bytes are 1 ms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ..audio.level import leading_silence

BYTES_PER_MS: Final = 48
SILENCE_DBFS: Final = -50.0
KEPT_SILENCE: Final = 10 * BYTES_PER_MS
LONGEST_TRIM: Final = 1500 * BYTES_PER_MS


@dataclass(slots=True)
class ItemAudio:
    """The sound of one content part, in bytes."""

    item_id: str
    content_index: int
    received: int = 0
    skipped: int = 0
    """What the speaker was not given at its start: silence, or heard before."""
    pcm: list[bytes] = field(default_factory=list, repr=False)
    """What the speaker was given, for the case that it has to say it again."""

    @property
    def played(self) -> int:
        """Return how much the speaker was given."""
        return self.received - self.skipped

    def trimmed(self, pcm: bytes) -> bytes:
        """Return a delta without the silence that the answer begins with."""
        silence = leading_silence(pcm, SILENCE_DBFS)
        if silence < len(pcm):
            silence = max(0, silence - KEPT_SILENCE)
        silence = min(silence, LONGEST_TRIM - self.skipped)
        self.skipped += silence
        return pcm[silence:]


@dataclass(slots=True)
class Utterance:
    """The sound of one response on its way to the ear."""

    response_id: str
    name: str = ""
    """What the speaker calls it; empty while the speaker has nothing of it."""
    parts: list[ItemAudio] = field(default_factory=list)
    heard: int = 0
    """What was heard of it under the names that it had before, in bytes."""
    has_begun: bool = False
    """There is more to it than the silence that was trimmed."""
    was_held: bool = False
    is_complete: bool = False
    is_audible: bool = False
    is_orphaned: bool = False
    """The service does not know its items: a session that is gone did, or nobody."""
    is_sound: bool = False
    """It is a sound of our own, and nothing that the model says."""

    @property
    def size(self) -> int:
        """Return how much sound it has for the speaker, in bytes."""
        return sum(part.played for part in self.parts)

    @property
    def rest(self) -> bytes:
        """Return what was not heard under the names that it had before."""
        return b"".join(pcm for part in self.parts for pcm in part.pcm)[self.heard :]

    def hold(self, heard_ms: int) -> None:
        """Take back from the speaker what it has not played."""
        heard = heard_ms * BYTES_PER_MS
        self.heard = min(self.heard + heard, self.size) // 2 * 2
        self.was_held |= bool(self.name)
        self.name, self.is_audible = "", False

    def part(self, item_id: str, index: int) -> ItemAudio:
        """Return the part a delta belongs to, new if it is its first."""
        if self.parts:
            last = self.parts[-1]
            if (last.item_id, last.content_index) == (item_id, index):
                return last
        self.parts.append(ItemAudio(item_id, index))
        return self.parts[-1]

    def cuts(self, heard: int) -> Iterator[Cut]:
        """Spread what was heard of it, in bytes, over its items."""
        for part in self.parts:
            of_part = max(0, min(heard, part.played)) // 2 * 2
            heard -= part.played
            yield Cut(
                part.item_id,
                part.content_index,
                (part.skipped + of_part) // BYTES_PER_MS if of_part else 0,
                part.received // BYTES_PER_MS,
                self.is_orphaned,
                b"".join(part.pcm)[of_part:],
            )


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound for the speaker: an utterance to begin, whole or so far."""

    name: str
    pcm: bytes = field(repr=False)
    is_whole: bool

    @property
    def duration_ms(self) -> int:
        """Return how long it lasts."""
        return len(self.pcm) // BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of an item was heard, in ms, clamped to what was received."""

    item_id: str
    content_index: int
    heard_ms: int
    received_ms: int
    is_orphaned: bool
    rest: bytes = field(repr=False)
    """What nobody heard: PCM s16le mono 24 kHz."""

    @property
    def share(self) -> float:
        """Return which share of the item was heard (0 to 1)."""
        return self.heard_ms / self.received_ms if self.received_ms else 1.0
