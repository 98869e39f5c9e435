"""Keep what Home Assistant says that happens, as it says it."""

import asyncio
from collections.abc import Callable, Iterable
import json
from pathlib import Path

from demo.measure.events import HouseEvent

from .client import House, Json

_TOLD = frozenset({"light", "media_player", "number"})
"""Domains whose actions belong to a visit."""


class EventLog:
    """Everything of the visit that came over the websocket, also as a file."""

    def __init__(self, path: Path, entities: Iterable[str]) -> None:
        """Keep conversation events and the state changes of these entities."""
        self.events: list[HouseEvent] = []
        self._entities = frozenset(entities)
        self._file = path.open("w", encoding="utf-8")
        self._news = asyncio.Condition()
        self._listeners: list[Callable[[HouseEvent], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def follow(self, house: House) -> None:
        """Hear every event from now on."""
        await house.subscribe(self._take, "subscribe_events")

    def listen(self, listener: Callable[[HouseEvent], None]) -> None:
        """Call the listener for every event that is kept."""
        self._listeners.append(listener)

    async def wait_for(self, name: str) -> HouseEvent:
        """Wait for a conversation event, also one that has come already."""
        async with self._news:
            await self._news.wait_for(lambda: self._first(name) is not None)
        event = self._first(name)
        assert event is not None
        return event

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _first(self, name: str) -> HouseEvent | None:
        """Return the first conversation event of a name."""
        return next((event for event in self.events if event.name == name), None)

    def _take(self, wire: Json) -> None:
        """Keep an event that belongs to the visit."""
        event = HouseEvent.from_wire(wire)
        if self._file.closed or not self._belongs(event):
            return
        self.events.append(event)
        self._file.write(json.dumps(wire) + "\n")
        self._file.flush()
        for listener in self._listeners:
            listener(event)
        task = asyncio.create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self) -> None:
        """Wake whoever waits for an event."""
        async with self._news:
            self._news.notify_all()

    def _belongs(self, event: HouseEvent) -> bool:
        """Return whether an event belongs to the visit."""
        if event.event_type == "state_changed":
            return event.data.get("entity_id") in self._entities
        if event.event_type == "call_service":
            return event.data.get("domain") in _TOLD
        return event.name is not None or event.event_type == "automation_triggered"
