"""Write `transcript.md`: the talk, to be read."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .measure.conversation import Speech, Who
from .measure.report import Measurement
from .visit import Line, Visit


def write_transcript(
    path: Path,
    visit: Visit,
    seen: Measurement,
    talk: Sequence[Speech],
    report: dict[str, Any],
) -> None:
    """Write the talk with its times, pauses and figures, and what came between."""
    page = "\n".join(_lines(visit, seen, talk, report))
    path.write_text(page + "\n", encoding="utf-8")


def _lines(
    visit: Visit, seen: Measurement, talk: Sequence[Speech], report: dict[str, Any]
) -> Iterator[str]:
    """Yield the lines of the page."""
    zero_s = report["doorbell_at_s"] or 0
    yield f"# {visit.title}\n"
    yield "Seconds since the doorbell rang; pauses as they were heard at the door.\n"
    yield "| at | pause | who | what |"
    yield "| ---: | ---: | --- | --- |"
    yield "| 0.0 s | | | *The doorbell rings.* |"
    rows = [*_spoken(visit, talk), *_happened(seen)]
    for at_s, row in sorted(rows):
        yield f"| {at_s - zero_s:.1f} s | {row} |"
    yield ""
    yield from _figures(report)


def _spoken(visit: Visit, talk: Sequence[Speech]) -> Iterator[tuple[float, str]]:
    """Yield what was said (place in seconds, the rest of the row)."""
    said = iter(visit.lines)
    for speech in talk:
        words = f"{_name(speech, visit)} | {_what(speech, said)}"
        yield speech.span.start_s, f"{_pause(speech)} | {words}"


def _happened(seen: Measurement) -> Iterator[tuple[float, str]]:
    """Yield interruptions and what was done in the house, as `_spoken` does."""
    for each in seen.interruptions:
        took = each.first_sound_to_silence_ms
        after = (
            "" if took is None else f" {took:.0f} ms after the visitor's first sound"
        )
        place = each.told_s if each.silent_s is None else each.silent_s
        yield place, f" | | *The pumpkin is interrupted: silent{after}.*"
    for event in seen.tool_calls:
        place = seen.recording.place_s(event.at)
        yield place, f" | | *The pumpkin calls `{event.data.get('name')}`.*"


def _pause(speech: Speech) -> str:
    """Return how long it was quiet before a speech, as far as it was."""
    if speech.pause_ms is None or speech.pause_ms < 0:
        return ""
    return f"{speech.pause_ms:.0f} ms"


def _name(speech: Speech, visit: Visit) -> str:
    """Return who speaks, as the page calls them."""
    return "**Pumpkin**" if speech.who is Who.PUMPKIN else visit.visitor.name


def _what(speech: Speech, said: Iterator[Line]) -> str:
    """Return the words; of the visitor both what was said and what was heard."""
    if speech.who is Who.PUMPKIN:
        return speech.text or "*(a sound)*"
    line = next(said, None)
    spoken = line.text if line else "*(a sound)*"
    return f"{spoken} *(heard: {speech.text or 'nothing'})*"


def _figures(report: dict[str, Any]) -> Iterator[str]:
    """Yield the figures in sentences."""
    gaps = ", ".join(f"{gap:.0f} ms" for gap in report["response_gaps_ms"])
    yield f"- Doorbell to first sound: {report['doorbell_to_first_sound_ms']} ms"
    yield f"- End of the visitor's speech to first sound: {gaps or 'never'}"
    if report["interruption_to_silence_ms"]:
        silences = ", ".join(f"{ms} ms" for ms in report["interruption_to_silence_ms"])
        yield f"- Interrupted to silence: {silences}"
    if report["tool_calls"]:
        yield f"- Calls of the house's tools: {report['tool_calls']}"
    yield f"- Last sound to the end of the conversation: {report['last_sound_to_end_ms']} ms"
    yield f"- Finished by: `{report['finished_by']}`"
