"""How the pumpkin fell silent when it was interrupted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import events as house
from .events import HouseEvent
from .recording import Recording
from .speech import Span


@dataclass(frozen=True, slots=True)
class Interruption:
    """One interruption that counted; places are seconds in the recording."""

    speech: Span
    """What the visitor spoke into the pumpkin's words."""

    noticed_s: float | None
    """When the house was told that somebody speaks."""

    told_s: float
    """When the house was told that the pumpkin had been interrupted."""

    silent_s: float | None
    """When the speaker was silent; None where it made no sound anyway."""

    @property
    def first_sound_to_silence_ms(self) -> float | None:
        """Return for how long both were heard, in ms."""
        return self._until_silence_ms(self.speech.start_s)

    @property
    def noticed_to_silence_ms(self) -> float | None:
        """Return how long after it was noticed the speaker was silent, in ms."""
        return self._until_silence_ms(self.noticed_s)

    @property
    def told_to_silence_ms(self) -> float | None:
        """Return how long after it counted the speaker was silent, in ms."""
        return self._until_silence_ms(self.told_s)

    def _until_silence_ms(self, since_s: float | None) -> float | None:
        """Return the time from a place to the silence, in ms."""
        if since_s is None or self.silent_s is None:
            return None
        return (self.silent_s - since_s) * 1000


def interruptions(
    events: Sequence[HouseEvent],
    recording: Recording,
    visitor: Sequence[Span],
    pumpkin: Sequence[Span],
) -> Iterator[Interruption]:
    """Yield what became of each interruption that Home Assistant tells of.

    Words cannot be interrupted before they are spoken: it belongs to the visitor's
    last speech that began before it, of which there must be one.
    """
    for event in house.named(events, "interrupted"):
        told_s = recording.place_s(event.at)
        begun = [span for span in visitor if span.start_s <= told_s]
        if begun:
            speech = begun[-1]
            noticed_s = _noticed_s(events, recording, speech, told_s)
            yield Interruption(speech, noticed_s, told_s, _silent_s(pumpkin, speech))


def _noticed_s(
    events: Sequence[HouseEvent], recording: Recording, speech: Span, told_s: float
) -> float | None:
    """Return when the house was first told of a speech, in seconds.

    That may be just after the interruption: the pumpkin falls silent first.
    """
    heard = house.named(events, "speech_started")
    places = (recording.place_s(event.at) for event in heard)
    until_s = max(speech.end_s, told_s)
    return next((at for at in places if speech.start_s <= at <= until_s), None)


def _silent_s(pumpkin: Sequence[Span], speech: Span) -> float | None:
    """Return the end of what sounded when a speech began."""
    ends = (
        span.end_s for span in pumpkin if span.start_s <= speech.start_s < span.end_s
    )
    return next(ends, None)
