"""Read Home Assistant's log for what must not be in it."""

from collections.abc import Iterator
from pathlib import Path
import re

from demo.measure.report import Check

_HEAD = re.compile(
    r"^\S+ \S+ (?P<level>[A-Z]+) \(.*?\) \[(?P<logger>[^\]]+)\] (?P<text>.*)"
)
_BAD = frozenset({"WARNING", "ERROR", "CRITICAL"})
_OURS = "realtime_pumpkin"
# Home Assistant says this of every custom integration.
_ALWAYS_SAID = "We found a custom integration realtime_pumpkin"


def complaints(text: str) -> Iterator[str]:
    """Yield the warnings and errors that are ours, and every blocking call.

    A traceback belongs to the line that it follows: it tells whose error it is.
    """
    for record in _records(text):
        head = _HEAD.match(record)
        if head is None or head["level"] not in _BAD or _ALWAYS_SAID in record:
            continue
        if _OURS in record or "blocking call" in record.lower():
            yield record.splitlines()[0]


def _records(text: str) -> Iterator[str]:
    """Yield the log's records, each with the lines that follow it."""
    record: list[str] = []
    for line in text.splitlines():
        if _HEAD.match(line) and record:
            yield "\n".join(record)
            record = []
        record.append(line)
    yield "\n".join(record)


def check(path: Path) -> Check:
    """Judge Home Assistant's log."""
    found = list(complaints(path.read_text(encoding="utf-8", errors="replace")))
    seen = f"{len(found)} lines: {found[0]}" if found else "nothing of ours in it"
    return Check("Home Assistant did not complain", not found, seen)
