"""What was received, what was heard, and where an interrupted item is cut.

One utterance at the speaker is one response of the model; it may hold several
items. Positions come from the speaker, never from a wall clock. Audio is PCM
s16le mono 24 kHz, so 48 bytes are 1 ms.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ..audio.level import leading_silence

BYTES_PER_MS: Final = 48
REMEMBERED_RESPONSES: Final = 32
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


@dataclass(slots=True)
class Utterance:
    """The sound of one response on its way to the ear."""

    name: str
    parts: list[ItemAudio] = field(default_factory=list)
    has_begun: bool = False
    """The speaker was given some of it."""
    is_complete: bool = False
    is_audible: bool = False
    is_orphaned: bool = False
    """The service does not know its items: they are of a session that is gone."""


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


class Playback:
    """Follow every utterance from its first delta to its last sample."""

    __slots__ = ("_closed", "_trims", "_unheard", "_utterances")

    def __init__(self, *, trims: bool = True) -> None:
        """Start in silence; `trims`: answers begin without their own silence."""
        self._utterances: list[Utterance] = []
        self._closed: deque[str] = deque(maxlen=REMEMBERED_RESPONSES)
        self._unheard: deque[str] = deque(maxlen=REMEMBERED_RESPONSES)
        self._trims = trims

    @property
    def is_silent(self) -> bool:
        """Tell whether everything received has been heard."""
        return not self._utterances

    @property
    def is_audible(self) -> bool:
        """Tell whether something is being heard now."""
        return any(utterance.is_audible for utterance in self._utterances)

    @property
    def current(self) -> str | None:
        """Return the utterance that is heard now or will be next."""
        return self._utterances[0].name if self._utterances else None

    def accepts(self, response_id: str) -> bool:
        """Tell whether sound of a response is still to be played.

        Late deltas of an interrupted or ended response are not.
        """
        return response_id not in self._closed

    def is_known(self, response_id: str) -> bool:
        """Tell whether sound of a response was received and is not over."""
        return self._find(response_id) is not None

    def receive(
        self, response_id: str, item_id: str, index: int, pcm: bytes
    ) -> tuple[bytes, bool]:
        """Take a delta; return what to play of it and whether it is the first."""
        utterance = self._find(response_id)
        if utterance is None:
            utterance = Utterance(response_id)
            self._utterances.append(utterance)
        part = _part(utterance, item_id, index)
        part.received += len(pcm)
        if not utterance.has_begun and self._trims:
            pcm = _trim(part, pcm)
        if not pcm:
            return b"", False
        part.pcm.append(pcm)
        is_first, utterance.has_begun = not utterance.has_begun, True
        return pcm, is_first

    def resume(self, name: str, cuts: list[Cut]) -> bytes:
        """Begin an utterance with what nobody heard; return its sound."""
        utterance = Utterance(name, has_begun=True, is_complete=True, is_orphaned=True)
        for cut in cuts:
            received = cut.received_ms * BYTES_PER_MS
            skipped = received - len(cut.rest)
            part = ItemAudio(
                cut.item_id, cut.content_index, received, skipped, [cut.rest]
            )
            utterance.parts.append(part)
        self._utterances.append(utterance)
        return b"".join(cut.rest for cut in cuts)

    def completed(self, response_id: str) -> bool:
        """Note that a response has no more sound; False if it had none."""
        self._closed.append(response_id)
        utterance = self._find(response_id)
        if utterance is None or utterance.is_complete:
            return False
        utterance.is_complete = True
        if not utterance.has_begun:
            self._utterances.remove(utterance)
        return utterance.has_begun

    def close(self, response_id: str) -> None:
        """Take no more sound of a response; without any yet, it never was."""
        self._closed.append(response_id)
        if not self.is_known(response_id):
            self._unheard.append(response_id)

    def is_unheard(self, response_id: str) -> bool:
        """Tell whether a response was given up before it made a sound."""
        return response_id in self._unheard

    def end_all(self) -> bool:
        """Note that the session is gone; tell whether an utterance was open."""
        for utterance in self._utterances:
            utterance.is_orphaned = True
        return sum(self.completed(u.name) for u in list(self._utterances)) > 0

    def started(self, name: str) -> bool:
        """Note that an utterance is audible; False where that is old news."""
        utterance = self._find(name)
        if utterance is None or utterance.is_audible:
            return False
        utterance.is_audible = True
        return True

    def finished(self, name: str) -> bool:
        """Note that an utterance was heard to its end."""
        utterance = self._find(name)
        if utterance is None:
            return False
        self._utterances.remove(utterance)
        return True

    def interrupt(self, heard_ms: int) -> list[Cut]:
        """Drop everything not heard; return what was heard of each item."""
        cuts: list[Cut] = []
        for utterance in self._utterances:
            self._closed.append(utterance.name)
            cuts.extend(_cuts(utterance, heard_ms * BYTES_PER_MS))
            heard_ms = 0
        self._utterances = []
        return cuts

    def _find(self, name: str) -> Utterance | None:
        """Return an utterance by its name."""
        return next((u for u in self._utterances if u.name == name), None)


def _part(utterance: Utterance, item_id: str, index: int) -> ItemAudio:
    """Return the part a delta belongs to, new if it is its first."""
    if utterance.parts:
        last = utterance.parts[-1]
        if (last.item_id, last.content_index) == (item_id, index):
            return last
    utterance.parts.append(ItemAudio(item_id, index))
    return utterance.parts[-1]


def _trim(part: ItemAudio, pcm: bytes) -> bytes:
    """Return a delta without the silence that the answer begins with."""
    silence = leading_silence(pcm, SILENCE_DBFS)
    if silence < len(pcm):
        silence = max(0, silence - KEPT_SILENCE)
    silence = min(silence, LONGEST_TRIM - part.skipped)
    part.skipped += silence
    return pcm[silence:]


def _cuts(utterance: Utterance, heard: int) -> Iterator[Cut]:
    """Spread what was heard of an utterance, in bytes, over its items."""
    for part in utterance.parts:
        of_part = max(0, min(heard, part.played)) // 2 * 2
        heard -= part.played
        yield Cut(
            part.item_id,
            part.content_index,
            (part.skipped + of_part) // BYTES_PER_MS if of_part else 0,
            part.received // BYTES_PER_MS,
            utterance.is_orphaned,
            b"".join(part.pcm)[of_part:],
        )
