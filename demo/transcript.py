"""Write `transcript.md`: the talk, to be read."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .measure.conversation import Speech, Who
from .visit import Visit


def write_transcript(
    path: Path, visit: Visit, talk: Sequence[Speech], report: dict[str, Any]
) -> None:
    """Write the talk with its times, pauses and figures."""
    path.write_text("\n".join(_lines(visit, talk, report)) + "\n", encoding="utf-8")


def _lines(
    visit: Visit, talk: Sequence[Speech], report: dict[str, Any]
) -> Iterator[str]:
    """Yield the lines of the page."""
    yield f"# {visit.title}\n"
    yield "Seconds since the doorbell rang; pauses as they were heard at the door.\n"
    yield "| at | pause | who | what |"
    yield "| ---: | ---: | --- | --- |"
    yield "| 0.0 s | | | *The doorbell rings.* |"
    said = iter(visit.lines)
    for speech in talk:
        at = speech.span.start_s - (report["doorbell_at_s"] or 0)
        pause = "" if speech.pause_ms is None else f"{speech.pause_ms:.0f} ms"
        yield f"| {at:.1f} s | {pause} | {_name(speech, visit)} | {_what(speech, said)} |"
    yield ""
    yield from _figures(report)


def _name(speech: Speech, visit: Visit) -> str:
    """Return who speaks, as the page calls them."""
    return "**Pumpkin**" if speech.who is Who.PUMPKIN else visit.visitor.name


def _what(speech: Speech, said: Iterator[Any]) -> str:
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
    yield f"- Last sound to the end of the conversation: {report['last_sound_to_end_ms']} ms"
    yield f"- Finished by: `{report['finished_by']}`"
