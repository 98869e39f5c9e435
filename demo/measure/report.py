"""The figures of a visit and whether it happened as it must."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
import json
from pathlib import Path
from typing import Any, Self

from . import events as house, speech
from .events import HouseEvent
from .interruption import Interruption, interruptions
from .light import Light
from .recording import Recording, read_recording

ENDED_AFTER_SOUND_MS = 1000
"""The conversation is over at most this long after the last sound was heard."""

SILENT_WITHIN_MS = 1500
"""How long an interrupted pumpkin may go on: a cough must not cost it its words."""

LIGHT_WITHIN_MS = 80
"""How far a peak of what is heard and the light's lie apart, in the middle."""

CLOCK_TOLERANCE_MS = 30
"""How far two processes may see the same moment apart: one sound card period each."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a visit must have been, as its script says."""

    doorbell: str
    voice: str
    utterances: int
    finished_by: str
    interruptions: int = 0
    turned_on: Sequence[str] = ()
    """The entities that must be on in the end, each by a tool of its own."""

    light: str = ""
    """The light that must follow what is heard; empty: none does."""

    light_calls: int = 8
    """How many calls the light may have in any second."""

    called: Sequence[str] = ()
    """The tools that must have been called besides."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and what was seen."""

    name: str
    ok: bool
    seen: str


@dataclass(frozen=True)
class Measurement:
    """Everything that can be known from the recording and the events."""

    recording: Recording
    events: Sequence[HouseEvent]
    expected: Expectation

    @classmethod
    def of_folder(cls, folder: Path, expected: Expectation) -> Self:
        """Read `visit.wav` and `events.jsonl`, which are all that is needed."""
        recording = read_recording(folder / "visit.wav")
        return cls(recording, house.read_events(folder / "events.jsonl"), expected)

    @cached_property
    def pumpkin(self) -> list[speech.Span]:
        """Return when the speaker sounded."""
        return speech.spans(self.recording.speaker, self.recording.rate)

    @cached_property
    def turns(self) -> list[speech.Turn]:
        """Return what the visitor said and when it was answered."""
        return speech.turns(self.recording)

    @cached_property
    def answered(self) -> list[speech.Turn]:
        """Return the turns that the pumpkin answered."""
        return [turn for turn in self.turns if turn.answer_s is not None]

    @cached_property
    def doorbell_s(self) -> float | None:
        """Return the doorbell's place in the recording, in seconds."""
        return self._place(house.ringing(self.events, self.expected.doorbell))

    @cached_property
    def ended_s(self) -> float | None:
        """Return when the conversation was over, in seconds."""
        return self._place(house.first(self.events, "conversation_ended"))

    @cached_property
    def greeting_s(self) -> float | None:
        """Return when the first sound after the doorbell was heard, in seconds."""
        if self.doorbell_s is None:
            return None
        return speech.first_sound_s(
            self.recording.speaker, self.recording.rate, self.doorbell_s
        )

    @cached_property
    def greeting_ms(self) -> float | None:
        """Return how long after the doorbell the first sound was heard, in ms."""
        if self.doorbell_s is None or self.greeting_s is None:
            return None
        return (self.greeting_s - self.doorbell_s) * 1000

    @cached_property
    def ended_after_sound_ms(self) -> float | None:
        """Return how long after the last sound the conversation was over, in ms."""
        if self.ended_s is None or not self.pumpkin:
            return None
        return (self.ended_s - self.pumpkin[-1].end_s) * 1000

    @cached_property
    def overlaps(self) -> list[speech.Span]:
        """Return where the visitor and the pumpkin spoke at once."""
        return speech.overlaps([turn.utterance for turn in self.turns], self.pumpkin)

    @cached_property
    def interruptions(self) -> list[Interruption]:
        """Return when the visitor interrupted the pumpkin."""
        visitor = [turn.utterance for turn in self.turns]
        found = interruptions(self.events, self.recording, visitor, self.pumpkin)
        return list(found)

    @cached_property
    def clashes(self) -> list[speech.Span]:
        """Return where both spoke at once without an interruption."""
        meant = {each.speech.start_s for each in self.interruptions}
        return [span for span in self.overlaps if span.start_s not in meant]

    @cached_property
    def tool_calls(self) -> list[HouseEvent]:
        """Return the calls of the house's tools: of all but the one that ends it."""
        called = house.named(self.events, "tool_called")
        ends = self.expected.finished_by
        return [event for event in called if event.data.get("name") != ends]

    @cached_property
    def light(self) -> Light | None:
        """Return the light that follows what is heard; None where none does."""
        if not self.expected.light:
            return None
        return Light.of(self.recording, self.events, self.expected.light)

    @cached_property
    def finished_by(self) -> str | None:
        """Return the tool that ended the conversation, else the reason of its end."""
        ended = house.first(self.events, "conversation_ended")
        finished = house.first(self.events, "finished")
        tools = house.named(self.events, "tool_called")
        if finished and tools and tools[-1].at <= finished.at:
            return str(tools[-1].data.get("name"))
        return str(ended.data.get("reason")) if ended else None

    @cached_property
    def rest_state(self) -> str | None:
        """Return the voice's last state."""
        seen = house.states(self.events, self.expected.voice)
        return seen[-1][1] if seen else None

    def _place(self, event: HouseEvent | None) -> float | None:
        """Return an event's place in the recording, in seconds."""
        return self.recording.place_s(event.at) if event else None


def checks(seen: Measurement) -> Iterator[Check]:
    """Judge a visit; every check has a name a person understands."""
    count, expected = house.counts(seen.events), seen.expected
    yield Check("the doorbell rang", seen.doorbell_s is not None, _s(seen.doorbell_s))
    yield _exactly_one("one conversation started", count, "conversation_started")
    yield Check("the pumpkin greeted first", _greeted(seen), _ms(seen.greeting_ms))
    yield _number("the visitor spoke", len(seen.turns), expected.utterances)
    yield _number("every line was answered", len(seen.answered), expected.utterances)
    heard = [event.text for event in house.named(seen.events, "user_transcript")]
    understood = len([text for text in heard if text])
    yield _number("every line was heard", understood, expected.utterances)
    yield Check("nobody spoke at once", not seen.clashes, _spans(seen.clashes))
    yield from _interrupted(seen)
    yield from _turned_on(seen)
    yield from _shown(seen)
    yield Check(
        f"{expected.finished_by} ended it",
        seen.finished_by == expected.finished_by,
        f"finished by {seen.finished_by}",
    )
    yield _exactly_one("one conversation ended", count, "conversation_ended")
    yield _goodbye(seen)
    yield Check("no error", not count.get("error"), f"{count.get('error', 0)} errors")
    yield Check(
        "the voice rests", seen.rest_state == "idle", f"state {seen.rest_state}"
    )


def report(seen: Measurement, more: Sequence[Check] = ()) -> dict[str, Any]:
    """Return the content of `report.json`; `more` are checks of other things."""
    judged = [*checks(seen), *more]
    return {
        "ok": all(check.ok for check in judged),
        "doorbell_at_s": _rounded(seen.doorbell_s, 3),
        "doorbell_to_first_sound_ms": _rounded(seen.greeting_ms),
        "response_gaps_ms": [_rounded(turn.gap_ms) for turn in seen.answered],
        "turns": len(seen.answered),
        "interruptions": house.counts(seen.events).get("interrupted", 0),
        "interruption_to_silence_ms": [
            _rounded(each.first_sound_to_silence_ms) for each in seen.interruptions
        ],
        "speech_started_to_silence_ms": [
            _rounded(each.noticed_to_silence_ms) for each in seen.interruptions
        ],
        "interrupted_to_silence_ms": [
            _rounded(each.told_to_silence_ms) for each in seen.interruptions
        ],
        "tool_calls": len(seen.tool_calls),
        "light": None if seen.light is None else asdict(seen.light.figures),
        "finished_by": seen.finished_by,
        "last_sound_to_end_ms": _rounded(seen.ended_after_sound_ms),
        "overlaps_ms": [_rounded(span.duration_s * 1000) for span in seen.overlaps],
        "duration_s": _rounded(seen.recording.duration_s, 3),
        "pumpkin_spoke_s": _rounded(sum(span.duration_s for span in seen.pumpkin), 3),
        "visitor_spoke_s": _rounded(
            sum(turn.utterance.duration_s for turn in seen.turns), 3
        ),
        "events": house.counts(seen.events),
        "checks": [asdict(check) for check in judged],
    }


def write_report(path: Path, content: dict[str, Any]) -> None:
    """Write `report.json`."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _greeted(seen: Measurement) -> bool:
    """Return whether the pumpkin was heard after the bell, before the visitor."""
    if seen.greeting_s is None:
        return False
    return not seen.turns or seen.greeting_s < seen.turns[0].utterance.start_s


def _interrupted(seen: Measurement) -> Iterator[Check]:
    """Judge the interruptions, and that the pumpkin fell silent at each."""
    wanted = seen.expected.interruptions
    yield _number("the visitor interrupted", len(seen.interruptions), wanted)
    if not wanted:
        return
    figures = [each.first_sound_to_silence_ms for each in seen.interruptions]
    ok = all(ms is not None and ms <= SILENT_WITHIN_MS for ms in figures)
    shown = ", ".join(_ms(ms) for ms in figures)
    yield Check("the pumpkin let itself be interrupted", ok, f"silent after {shown}")


def _turned_on(seen: Measurement) -> Iterator[Check]:
    """Judge what the pumpkin did in the house."""
    wanted = seen.expected.turned_on
    tools = max(len(wanted), len(seen.expected.called))
    yield _number("the pumpkin worked in the house", len(seen.tool_calls), tools)
    for entity_id in wanted:
        states = [state for _, state in house.states(seen.events, entity_id)]
        name = f"{entity_id.partition('.')[2].replace('_', ' ')} was switched on"
        yield Check(name, states[-1:] == ["on"], " → ".join(states) or "untouched")


def _shown(seen: Measurement) -> Iterator[Check]:
    """Judge what belongs to the show, where there is one."""
    called = {event.data.get("name") for event in seen.tool_calls}
    for name in seen.expected.called:
        seen_as = "called" if name in called else "not called"
        yield Check(f"{name} was called", name in called, seen_as)
    if seen.light is None:
        return
    figures = seen.light.figures
    yield Check(
        "the light follows what is heard",
        figures.peak_ms is not None and figures.peak_ms <= LIGHT_WITHIN_MS,
        f"peaks {_ms(figures.peak_ms)} apart, {figures.peaks} of them",
    )
    most = figures.most_calls_in_a_second
    seldom = most <= seen.expected.light_calls
    yield Check("the light is not called too often", seldom, f"{most} in a second")
    yield Check("the light is as it was", seen.light.is_as_it_was, seen.light.end)


def _goodbye(seen: Measurement) -> Check:
    """Judge whether the goodbye was heard to its end, and soon after it was quiet."""
    after = seen.ended_after_sound_ms
    ok = after is not None and -CLOCK_TOLERANCE_MS <= after <= ENDED_AFTER_SOUND_MS
    return Check("ended when the goodbye had been heard", ok, f"{_ms(after)} after it")


def _exactly_one(name: str, count: dict[str, int], event: str) -> Check:
    """Judge that an event came once."""
    return Check(name, count.get(event) == 1, f"{count.get(event, 0)} {event}")


def _number(name: str, number: int, expected: int) -> Check:
    """Judge a number that the script sets."""
    return Check(name, number == expected, f"{number} of {expected}")


def _rounded(value: float | None, digits: int = 1) -> float | None:
    """Round a figure, where there is one."""
    return None if value is None else round(value, digits)


def _s(value: float | None) -> str:
    """Return a place in the recording as text."""
    return "not at all" if value is None else f"at {value:.3f} s"


def _ms(value: float | None) -> str:
    """Return a duration as text."""
    return "nothing" if value is None else f"{value:.0f} ms"


def _spans(found: Sequence[speech.Span]) -> str:
    """Return spans as text."""
    return ", ".join(f"{s.start_s:.2f}-{s.end_s:.2f} s" for s in found) or "never"
