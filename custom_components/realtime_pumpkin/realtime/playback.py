"""What was received, what was heard, and where an interrupted item is cut.

One utterance at the speaker is one response of the model; it may hold several
items. Positions come from the speaker, never from a wall clock.

While a sound may be speech the answer is held: the speaker was silenced, and what
nobody has heard waits here. It goes on under a new name, because the speaker has
dropped what it knew under the old one.
"""

from collections import deque
from itertools import count
from typing import Final

from .utterance import BYTES_PER_MS, Cut, ItemAudio, Piece, Utterance

REMEMBERED_RESPONSES: Final = 32
MOST_SOUNDS: Final = 4
LONGEST_HELD: Final = 300_000 * BYTES_PER_MS
"""As much as a speaker keeps, in bytes; what comes after it is not received."""

MOST_UTTERANCES: Final = 32
MOST_PARTS: Final = 64
"""No service answers in so many pieces; what comes after them is not received."""


class Playback:
    """Follow every utterance from its first delta to its last sample."""

    __slots__ = (
        "_closed",
        "_named",
        "_names",
        "_resumed",
        "_sounds",
        "_trims",
        "_unheard",
        "_utterances",
        "is_held",
    )

    def __init__(self, *, trims: bool = True) -> None:
        """Start in silence; `trims`: answers begin without their own silence."""
        self._utterances: list[Utterance] = []
        self._closed: deque[str] = deque(maxlen=REMEMBERED_RESPONSES)
        self._unheard: deque[str] = deque(maxlen=REMEMBERED_RESPONSES)
        self._named: deque[str] = deque(maxlen=REMEMBERED_RESPONSES)
        self._trims = trims
        self._resumed = count(1)
        self._names = count(1)
        self._sounds: deque[bytes] = deque(maxlen=MOST_SOUNDS)
        self.is_held = False
        """What is received waits, because somebody may be speaking."""

    @property
    def is_silent(self) -> bool:
        """Tell whether everything received has been heard."""
        return not self._utterances and not self._sounds

    @property
    def is_audible(self) -> bool:
        """Tell whether something is being heard now."""
        return any(utterance.is_audible for utterance in self._utterances)

    @property
    def is_at_speaker(self) -> bool:
        """Tell whether the speaker has something to play."""
        return any(utterance.name for utterance in self._utterances)

    @property
    def is_receiving(self) -> bool:
        """Tell whether there is an answer of which more was to come."""
        return any(u.has_begun and not u.is_complete for u in self._utterances)

    @property
    def current(self) -> tuple[str, int] | None:
        """Return whose sound is heard now or next, and the ms heard before."""
        if not self._utterances:
            return None
        first = self._utterances[0]
        return first.response_id, first.heard // BYTES_PER_MS

    def accepts(self, response_id: str) -> bool:
        """Tell whether sound of a response is still to be played.

        Late deltas of an interrupted or ended response are not.
        """
        return response_id not in self._closed

    def is_known(self, response_id: str) -> bool:
        """Tell whether sound of a response was received and is not over."""
        return self._of(response_id) is not None

    def supersede(self, response_id: str) -> bool:
        """End answers that another one follows before their end, as none should.

        True if the speaker has some of them.
        """
        if self.is_known(response_id):
            return False
        open_ones = [u.response_id for u in self._utterances if not u.is_complete]
        were_heard = [self.completed(each) for each in open_ones]
        return any(were_heard)

    def receive(
        self, response_id: str, item_id: str, index: int, pcm: bytes
    ) -> tuple[bytes, str]:
        """Take a delta; return what to play of it and the utterance it begins."""
        utterance = self._of(response_id)
        if not self._has_room(utterance, len(pcm)):
            return b"", ""
        if utterance is None:
            utterance = Utterance(response_id)
            self._utterances.append(utterance)
        part = utterance.part(item_id, index)
        part.received += len(pcm)
        if not utterance.has_begun and self._trims:
            pcm = part.trimmed(pcm)
        if not pcm:
            return b"", ""
        part.pcm.append(pcm)
        utterance.has_begun = True
        if self.is_held:
            return b"", ""
        return pcm, "" if utterance.name else self._name(utterance)

    def hold(self, heard_ms: int) -> None:
        """Keep what the speaker dropped, `heard_ms` into what it played."""
        for utterance in self._utterances:
            utterance.hold(heard_ms)
            heard_ms = 0

    def go_on(self) -> list[Piece]:
        """Hold nothing back any more; return what nobody has heard yet."""
        self.is_held = False
        pieces = []
        for utterance in list(self._utterances):
            if utterance.name:
                continue
            if rest := utterance.rest:
                name = self._name(utterance)
                pieces.append(Piece(name, rest, utterance.is_complete))
            elif utterance.is_complete:
                self._utterances.remove(utterance)
        return pieces

    def resume(self, cuts: list[Cut]) -> Piece:
        """Begin an utterance with what an interruption left unheard."""
        name = self._next_name()
        utterance = Utterance(
            name, name, has_begun=True, is_complete=True, is_orphaned=True
        )
        for cut in cuts:
            received = cut.received_ms * BYTES_PER_MS
            skipped = received - len(cut.rest)
            part = ItemAudio(
                cut.item_id, cut.content_index, received, skipped, [cut.rest]
            )
            utterance.parts.append(part)
        self._utterances.append(utterance)
        return Piece(name, utterance.rest, is_whole=True)

    def add_sound(self, pcm: bytes) -> None:
        """Keep a sound of our own until what is being received is whole."""
        self._sounds.append(pcm)

    def take_sounds(self) -> list[Piece]:
        """Put sounds behind all that was received; return what can be played now."""
        pieces: list[Piece] = []
        if not all(utterance.is_complete for utterance in self._utterances):
            return pieces
        while self._sounds:
            pcm, name = self._sounds.popleft(), f"sound_{next(self._names)}"
            utterance = Utterance(
                name,
                parts=[ItemAudio(name, 0, len(pcm), pcm=[pcm])],
                has_begun=True,
                is_complete=True,
                is_orphaned=True,
                is_sound=True,
            )
            self._utterances.append(utterance)
            if not self.is_held:
                pieces.append(Piece(self._name(utterance), pcm, is_whole=True))
        return pieces

    def is_sound(self, name: str) -> bool:
        """Tell whether what the speaker calls so is a sound of our own."""
        utterance = self._find(name)
        return utterance is not None and utterance.is_sound

    def completed(self, response_id: str) -> bool:
        """Note that a response has no more sound; True if the speaker has some."""
        self._closed.append(response_id)
        utterance = self._of(response_id)
        if utterance is None or utterance.is_complete:
            return False
        utterance.is_complete = True
        if not utterance.name and utterance.heard >= utterance.size:
            self._utterances.remove(utterance)
        return bool(utterance.name)

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
        open_ones = [self.completed(u.response_id) for u in list(self._utterances)]
        return any(open_ones)

    def started(self, name: str) -> str:
        """Return whose sound has become audible; empty where that is old news."""
        utterance = self._find(name)
        if utterance is None or utterance.is_audible:
            return ""
        utterance.is_audible = True
        return utterance.response_id

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
            self._closed.append(utterance.response_id)
            heard = utterance.heard + heard_ms * BYTES_PER_MS
            cuts.extend(utterance.cuts(heard))
            heard_ms = 0
        self._utterances = []
        self._sounds.clear()
        return cuts

    def _has_room(self, utterance: Utterance | None, size: int) -> bool:
        """Tell whether more sound is received, of an utterance or of a new one."""
        if utterance is None:
            fits = len(self._utterances) < MOST_UTTERANCES
        else:
            fits = len(utterance.parts) < MOST_PARTS
        waiting = sum(each.size - each.heard for each in self._utterances)
        return fits and waiting + size <= LONGEST_HELD

    def _name(self, utterance: Utterance) -> str:
        """Name an utterance for the speaker, which never hears a name twice."""
        is_new = not utterance.was_held and utterance.response_id not in self._named
        utterance.name = utterance.response_id if is_new else self._next_name()
        self._named.append(utterance.name)
        return utterance.name

    def _next_name(self) -> str:
        """Return a name for what goes on."""
        return f"resumed_{next(self._resumed)}"

    def _find(self, name: str) -> Utterance | None:
        """Return an utterance by what the speaker calls it."""
        return next((u for u in self._utterances if u.name == name), None)

    def _of(self, response_id: str) -> Utterance | None:
        """Return a response's utterance."""
        matching = (u for u in self._utterances if u.response_id == response_id)
        return next(matching, None)
