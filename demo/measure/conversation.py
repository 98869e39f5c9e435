"""The talk as people remember it: who said what, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from . import events as house
from .report import Measurement
from .speech import Span


class Who(StrEnum):
    """Who speaks at the door."""

    VISITOR = "visitor"
    PUMPKIN = "pumpkin"


@dataclass(frozen=True, slots=True)
class Speech:
    """Everything that one says until the other one speaks."""

    who: Who
    span: Span
    pause_ms: float | None
    """Since the other's speech, or the doorbell, ended."""

    text: str = ""


def speeches(seen: Measurement) -> list[Speech]:
    """Return the talk: heard times from the recording, words from the events."""
    talk = list(_with_pauses(_alternating(seen), seen.doorbell_s))
    for event in house.named(seen.events, "assistant_transcript"):
        place = seen.recording.place_s(event.at)
        _give(talk, _being_said(talk, place), event.text)
    for event in house.named(seen.events, "user_transcript"):
        place = seen.recording.place_s(event.at)
        _give(talk, _just_said(talk, place), event.text)
    return talk


def _alternating(seen: Measurement) -> list[tuple[Who, Span]]:
    """Return who spoke when; what one says in a row is one speech."""
    sounds = [(Who.PUMPKIN, span) for span in seen.pumpkin]
    sounds += [(Who.VISITOR, turn.utterance) for turn in seen.turns]
    joined: list[tuple[Who, Span]] = []
    for who, span in sorted(sounds, key=lambda sound: sound[1]):
        goes_on = bool(joined) and joined[-1][0] is who
        start_s = joined.pop()[1].start_s if goes_on else span.start_s
        joined.append((who, Span(start_s, span.end_s)))
    return joined


def _with_pauses(
    talk: Sequence[tuple[Who, Span]], doorbell_s: float | None
) -> Iterator[Speech]:
    """Add to every speech how long it was quiet before it."""
    for index, (who, span) in enumerate(talk):
        before = talk[index - 1][1].end_s if index else doorbell_s
        pause = None if before is None else (span.start_s - before) * 1000
        yield Speech(who, span, pause)


def _being_said(talk: Sequence[Speech], place_s: float) -> int | None:
    """Return the pumpkin's speech that words belong to: they come before its end."""
    spoken = [i for i, speech in enumerate(talk) if speech.who is Who.PUMPKIN]
    lasting = [i for i in spoken if talk[i].span.end_s >= place_s]
    return next(iter(lasting or spoken[-1:]), None)


def _just_said(talk: Sequence[Speech], place_s: float) -> int | None:
    """Return the visitor's speech that words belong to: they come after its start."""
    begun = (
        i
        for i, speech in enumerate(talk)
        if speech.who is Who.VISITOR and speech.span.start_s <= place_s
    )
    return max(begun, default=None)


def _give(talk: list[Speech], index: int | None, text: str) -> None:
    """Add words to a speech."""
    if index is not None and text:
        words = f"{talk[index].text} {text}".strip()
        talk[index] = replace(talk[index], text=words)


def pauses(talk: Sequence[Speech]) -> Iterator[tuple[float, float]]:
    """Yield the silences between speeches, in seconds from the start."""
    for one, following in pairwise(talk):
        if following.span.start_s > one.span.end_s:
            yield one.span.end_s, following.span.start_s
