"""What Home Assistant said that happened, with its own times."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
import json
from pathlib import Path
from typing import Any, Self

PREFIX = "realtime_pumpkin_"
_RESTING = frozenset({"off", "unknown", "unavailable"})


@dataclass(frozen=True, slots=True)
class HouseEvent:
    """One event of Home Assistant's bus; `at` is seconds since the epoch."""

    event_type: str
    at: float
    data: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_wire(cls, event: dict[str, Any]) -> Self:
        """Read an event as the websocket API sends it."""
        fired = datetime.fromisoformat(event["time_fired"])
        return cls(event["event_type"], fired.timestamp(), event.get("data", {}))

    @property
    def name(self) -> str | None:
        """Return the conversation event's name, None for any other event."""
        if not self.event_type.startswith(PREFIX):
            return None
        return self.event_type.removeprefix(PREFIX)

    @property
    def text(self) -> str:
        """Return the text of a transcript event."""
        return str(self.data.get("text", "")).strip()


def read_events(path: Path) -> list[HouseEvent]:
    """Read `events.jsonl`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [HouseEvent.from_wire(json.loads(line)) for line in lines if line]


def named(events: Iterable[HouseEvent], name: str) -> list[HouseEvent]:
    """Return the conversation events of one name."""
    return [event for event in events if event.name == name]


def first(events: Iterable[HouseEvent], name: str) -> HouseEvent | None:
    """Return the first conversation event of a name."""
    return next(iter(named(events, name)), None)


def counts(events: Iterable[HouseEvent]) -> dict[str, int]:
    """Return how often each conversation event came, by name."""
    names = (event.name for event in events)
    return dict(sorted(Counter(name for name in names if name).items()))


def ringing(events: Iterable[HouseEvent], doorbell: str) -> HouseEvent | None:
    """Return the state change by which the doorbell rang first."""
    for event in events:
        if event.event_type == "state_changed" and _rang(event.data, doorbell):
            return event
    return None


def states(events: Iterable[HouseEvent], entity_id: str) -> list[tuple[float, str]]:
    """Return the states that an entity went through, with their times."""
    return [
        (event.at, event.data["new_state"]["state"])
        for event in events
        if event.event_type == "state_changed"
        and event.data.get("entity_id") == entity_id
        and event.data.get("new_state")
    ]


def _rang(data: dict[str, Any], doorbell: str) -> bool:
    """Return whether a state change is a press of the doorbell."""
    new, old = data.get("new_state"), data.get("old_state")
    if data.get("entity_id") != doorbell or not new or new["state"] in _RESTING:
        return False
    return not old or old["state"] != new["state"]
