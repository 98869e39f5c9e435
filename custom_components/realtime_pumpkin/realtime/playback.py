"""What was received, what was heard, and where an interrupted item is cut.

One utterance at the speaker is one response of the model; it may hold several
items. Positions come from the speaker, never from a wall clock.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

BYTES_PER_SECOND = 48000
REMEMBERED_RESPONSES = 32


@dataclass(slots=True)
class ItemAudio:
    """How much sound of one content part was received, in bytes."""

    item_id: str
    content_index: int
    received: int = 0


@dataclass(slots=True)
class Utterance:
    """The sound of one response on its way to the ear."""

    response_id: str
    parts: list[ItemAudio] = field(default_factory=list)
    is_complete: bool = False
    is_audible: bool = False
    is_orphaned: bool = False
    """Its session is gone; a new one does not know its items."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of an item was heard, in ms, clamped to what was received."""

    item_id: str
    content_index: int
    heard_ms: int
    received_ms: int
    is_orphaned: bool


class Playback:
    """Follow every utterance from its first delta to its last sample."""

    __slots__ = ("_closed", "_utterances")

    def __init__(self) -> None:
        """Start in silence."""
        self._utterances: list[Utterance] = []
        self._closed: deque[str] = deque(maxlen=REMEMBERED_RESPONSES)

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
        """Return the response whose sound is heard now or will be next."""
        return self._utterances[0].response_id if self._utterances else None

    @property
    def is_receiving(self) -> bool:
        """Tell whether the last utterance still awaits sound."""
        return bool(self._utterances) and not self._utterances[-1].is_complete

    def accepts(self, response_id: str) -> bool:
        """Tell whether sound of a response is still to be played.

        Late deltas of an interrupted or ended response are not.
        """
        return response_id not in self._closed

    def received(self, response_id: str, item_id: str, index: int, size: int) -> bool:
        """Count a delta in bytes; tell whether it is the first of its response."""
        is_first = not self.is_known(response_id)
        if is_first:
            self._utterances.append(Utterance(response_id))
        self._part(self._utterances[-1], item_id, index).received += size
        return is_first

    def is_known(self, response_id: str) -> bool:
        """Tell whether sound of a response was received and is not over."""
        return any(u.response_id == response_id for u in self._utterances)

    def completed(self, response_id: str) -> bool:
        """Note that a response has no more sound; False if it had none."""
        self._closed.append(response_id)
        for utterance in self._utterances:
            if utterance.response_id == response_id and not utterance.is_complete:
                utterance.is_complete = True
                return True
        return False

    def close(self, response_id: str) -> None:
        """Take no more sound of a response."""
        self._closed.append(response_id)

    def end_all(self) -> bool:
        """Note that the session is gone; tell whether an utterance was open."""
        for utterance in self._utterances:
            utterance.is_orphaned = True
        return sum(self.completed(u.response_id) for u in self._utterances) > 0

    def started(self, response_id: str) -> bool:
        """Note that a response is audible; False where that is old news."""
        for utterance in self._utterances:
            if utterance.response_id == response_id and not utterance.is_audible:
                utterance.is_audible = True
                return True
        return False

    def finished(self, response_id: str) -> bool:
        """Note that a response was heard to its end."""
        before = len(self._utterances)
        self._utterances = [u for u in self._utterances if u.response_id != response_id]
        return len(self._utterances) < before

    def interrupt(self, heard_ms: int) -> list[Cut]:
        """Drop everything not heard; return what was heard of each item."""
        cuts: list[Cut] = []
        for utterance in self._utterances:
            self._closed.append(utterance.response_id)
            cuts.extend(_cuts(utterance, heard_ms))
            heard_ms = 0
        self._utterances = []
        return cuts

    @staticmethod
    def _part(utterance: Utterance, item_id: str, index: int) -> ItemAudio:
        """Return the part a delta belongs to, new if it is the first."""
        if utterance.parts:
            last = utterance.parts[-1]
            if (last.item_id, last.content_index) == (item_id, index):
                return last
        utterance.parts.append(ItemAudio(item_id, index))
        return utterance.parts[-1]


def _cuts(utterance: Utterance, heard_ms: int) -> Iterator[Cut]:
    """Spread what was heard of an utterance over its items."""
    begins = 0
    for part in utterance.parts:
        received_ms = part.received * 1000 // BYTES_PER_SECOND
        heard = max(0, min(heard_ms - begins * 1000 // BYTES_PER_SECOND, received_ms))
        yield Cut(
            part.item_id, part.content_index, heard, received_ms, utterance.is_orphaned
        )
        begins += part.received
