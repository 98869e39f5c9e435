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
    """Yield the warnings and errors that are ours, and every blocking call."""
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head is None:
            continue
        ours = _OURS in head["logger"] or _OURS in head["text"]
        blocking = "blocking call" in head["text"].lower()
        if head["level"] in _BAD and (ours or blocking) and _ALWAYS_SAID not in line:
            yield line


def check(path: Path) -> Check:
    """Judge Home Assistant's log."""
    found = list(complaints(path.read_text(encoding="utf-8", errors="replace")))
    seen = f"{len(found)} lines: {found[0]}" if found else "nothing of ours in it"
    return Check("Home Assistant did not complain", not found, seen)
