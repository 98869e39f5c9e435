"""What happened on a connection, for tests to assert on."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .outputs import Output, Send

_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with the time (s) it was sent or received."""

    at: float
    sent: bool
    """Whether the server sent it (or the client did)."""
    event: dict[str, Any]

    @property
    def type(self) -> str:
        """Return the event's type."""
        return str(self.event.get("type"))


class Journal:
    """The events of a connection in order, the latest 100 000."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque(maxlen=_MOST)
        self.endings: list[Output] = []
        """What was put out that is neither an event nor a request."""

    def __iter__(self) -> Iterator[Entry]:
        """Walk all entries."""
        return iter(self._entries)

    def note_event(self, now: float, event: dict[str, Any]) -> None:
        """Write down a client event."""
        self._entries.append(Entry(now, sent=False, event=event))

    def note_outputs(self, now: float, outputs: list[Output]) -> None:
        """Write down what the server put out."""
        for output in outputs:
            if isinstance(output, Send):
                self._entries.append(Entry(now, sent=True, event=output.event))
            else:
                self.endings.append(output)

    def sent(self, event_type: str | None = None) -> list[dict[str, Any]]:
        """Return the server's events, all or of one type."""
        return self._select(True, event_type)

    def received(self, event_type: str | None = None) -> list[dict[str, Any]]:
        """Return the client's events, all or of one type."""
        return self._select(False, event_type)

    def _select(self, sent: bool, event_type: str | None) -> list[dict[str, Any]]:
        """Return one side's events."""
        return [
            entry.event
            for entry in self._entries
            if entry.sent is sent and event_type in (None, entry.type)
        ]
