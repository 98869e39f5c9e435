"""Who made a sound when: spans of one channel, and what lies between them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .recording import Recording, Samples

SOUND_DBFS = -50.0
"""A sample above this is a sound; everything below is the night."""

WORD_BRIDGE_MS = 700
"""A shorter silence is a pause for breath within one utterance."""

_FULL_SCALE = 32768


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of sound, in seconds from the start of the recording."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Return how long the sound lasts, in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Turn:
    """A visitor's utterance and the pumpkin's answer, where there was one."""

    utterance: Span
    answer_s: float | None

    @property
    def gap_ms(self) -> float | None:
        """Return the silence between the two, in ms."""
        if self.answer_s is None:
            return None
        return (self.answer_s - self.utterance.end_s) * 1000


def sounding(samples: Samples) -> NDArray[np.bool_]:
    """Return which samples are above -50 dBFS."""
    limit = _FULL_SCALE * 10 ** (SOUND_DBFS / 20)
    return np.abs(samples.astype(np.int32)) > limit


def first_sound_s(samples: Samples, rate: int, start_s: float = 0.0) -> float | None:
    """Return when the first sound at or after a time is, in seconds."""
    start = max(round(start_s * rate), 0)
    loud = np.flatnonzero(sounding(samples[start:]))
    return (start + int(loud[0])) / rate if loud.size else None


def spans(samples: Samples, rate: int, bridge_ms: float = WORD_BRIDGE_MS) -> list[Span]:
    """Return the stretches of sound; shorter silences than the bridge are part."""
    loud = np.flatnonzero(sounding(samples))
    if not loud.size:
        return []
    breaks = np.flatnonzero(np.diff(loud) - 1 > bridge_ms / 1000 * rate)
    starts = loud[np.concatenate(([0], breaks + 1))]
    ends = loud[np.concatenate((breaks, [loud.size - 1]))] + 1
    return [
        Span(int(start) / rate, int(end) / rate)
        for start, end in zip(starts, ends, strict=True)
    ]


def turns(recording: Recording) -> list[Turn]:
    """Pair each of the visitor's utterances with the answer that followed it.

    An answer is the first sound after the utterance's end and before the next
    utterance; the end of something that the pumpkin was saying anyway is none.
    """
    rate = recording.rate
    utterances = spans(recording.microphone, rate)
    pumpkin = spans(recording.speaker, rate)
    limits = [following.start_s for _, following in pairwise(utterances)]
    return [
        Turn(utterance, _answer(pumpkin, utterance.end_s, limit))
        for utterance, limit in zip(
            utterances, [*limits, recording.duration_s], strict=False
        )
    ]


def _answer(pumpkin: list[Span], after_s: float, before_s: float) -> float | None:
    """Return the start of the first span that starts within the limits."""
    starts = (span.start_s for span in pumpkin)
    return next((start for start in starts if after_s <= start < before_s), None)


def overlaps(one: list[Span], other: list[Span]) -> list[Span]:
    """Return where both sound at once."""
    both = (
        Span(max(a.start_s, b.start_s), min(a.end_s, b.end_s))
        for a in one
        for b in other
    )
    return sorted(span for span in both if span.end_s > span.start_s)
