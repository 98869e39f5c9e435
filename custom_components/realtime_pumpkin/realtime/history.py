"""What was said, in order: for the event at the end and for a new socket.

A new socket is a new, empty session. It is told what was said as text:
assistant audio cannot be created, and assistant text must be `output_text`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_HISTORY = 200
RESEEDED = 20
LONGEST_LINE = 16_000
"""Characters, so a quarter of an hour without a breath."""


@dataclass(slots=True)
class Line:
    """One thing said by one side; `key` is the service's item id."""

    role: str
    text: str
    key: str
    heard: float = 1.0

    @property
    def heard_text(self) -> str:
        """Return about as many words as were heard before an interruption."""
        if self.heard >= 1:
            return self.text
        words = self.text.split()
        return " ".join(words[: round(len(words) * self.heard)])


class History:
    """The conversation in words; the oldest lines go first."""

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        """Start with nothing said."""
        self._lines: list[Line] = []

    def reserve(self, role: str, key: str) -> None:
        """Keep a place: a transcript often comes after the answer to it."""
        if self._find(key) is None:
            self._lines.append(Line(role, "", key))
            del self._lines[:-LONGEST_HISTORY]

    def write(self, role: str, key: str, text: str) -> None:
        """Fill the place that was kept, or add a line at the end."""
        self.reserve(role, key)
        line = self._find(key)
        if line is not None:
            line.text = text[:LONGEST_LINE]

    def grow(self, role: str, key: str, text: str) -> None:
        """Add words to a line that is still being said."""
        self.reserve(role, key)
        line = self._find(key)
        if line is not None:
            line.text = (line.text + text)[:LONGEST_LINE]

    def text(self, key: str) -> str:
        """Return the words of a line, as far as they are known."""
        line = self._find(key)
        return line.text if line is not None else ""

    def shorten(self, key: str, heard: float) -> None:
        """Note which share of a line was heard (0 to 1), now or when it comes."""
        line = self._find(key)
        if line is not None:
            line.heard = heard

    def complete(self, key: str) -> str:
        """Note that a line was heard whole after all; return what was missing."""
        line = self._find(key)
        if line is None or line.heard >= 1:
            return ""
        rest = line.text[len(line.heard_text) :].strip()
        line.heard = 1.0
        return rest

    def last(self, role: str, lines: int = 2) -> str:
        """Return the last words of one side."""
        said = [line.text for line in self._lines if line.role == role]
        return " ".join(said[-lines:])

    def transcript(self) -> list[dict[str, str]]:
        """Return what visitor and voice said: role `user` or `assistant`."""
        return [
            {"role": line.role, "text": line.heard_text}
            for line in self._lines
            if line.heard_text and line.role != "system"
        ]

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield the last lines as `conversation.item.create` items."""
        for line in [line for line in self._lines if line.heard_text][-RESEEDED:]:
            yield text_item(line.role, line.heard_text)

    def _find(self, key: str) -> Line | None:
        """Return the line of an item."""
        return next((line for line in reversed(self._lines) if line.key == key), None)


def text_item(role: str, text: str) -> dict[str, Any]:
    """Return a message item of the Realtime API."""
    kind = "output_text" if role == "assistant" else "input_text"
    return {
        "type": "message",
        "role": role,
        "content": [{"type": kind, "text": text}],
    }
