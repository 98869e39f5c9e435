"""One connection's way out: its clock, its timers and what it wants to send."""

from base64 import b64encode
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

from .errors import ApiError
from .ids import IdSource
from .items import Item
from .options import ServerOptions
from .outputs import JsonObject, Output, Send


class Timer:
    """Something to be done at a time, unless it is called off."""

    __slots__ = ("call", "due")

    def __init__(self, due: float, call: Callable[[], None]) -> None:
        """Remember what to do when."""
        self.due = due
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        """Call it off."""
        self.call = None


class Line:
    """Collect outputs and keep timers; `now` is the time of the current step."""

    def __init__(self, options: ServerOptions, ids: IdSource) -> None:
        """Start with nothing to send and nothing to wait for."""
        self.options = options
        self.ids = ids
        self.now = 0.0
        self._outputs: list[Output] = []
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = count()

    def send(self, event_type: str, **content: Any) -> None:
        """Send one server event."""
        event = {"type": event_type, "event_id": self.ids.make("event"), **content}
        self._outputs.append(Send(event))

    def send_text_delta(self, event_type: str, **content: Any) -> None:
        """Send one delta of text, padded as the real service does."""
        if self.options.obfuscation:
            content["obfuscation"] = self.ids.obfuscation()
        self.send(event_type, **content)

    def send_sound(self, place: JsonObject, encoded: bytes) -> None:
        """Send one delta of audio, in the format of the wire."""
        delta = b64encode(encoded).decode()
        self.send("response.output_audio.delta", **place, delta=delta)

    def send_error(self, error: ApiError, event_id: str | None) -> None:
        """Send an `error`, naming the client event that it answers."""
        echoed = event_id if self.options.echo_event_id else None
        self.send("error", error=error.wire(echoed))

    def put(self, output: Output) -> None:
        """Ask the outside world for something other than sending."""
        self._outputs.append(output)

    def wire(self, item: Item, *, with_audio: bool = False) -> JsonObject:
        """Return an item as this server writes it."""
        return item.wire(with_object=self.options.item_object, with_audio=with_audio)

    def send_item_added(self, item: Item, previous: str | None) -> None:
        """Announce a new item of the conversation."""
        legacy = self.options.legacy_item_events
        name = "conversation.item.created" if legacy else "conversation.item.added"
        self.send(name, previous_item_id=previous, item=self.wire(item))

    def send_item_done(self, item: Item, previous: str | None) -> None:
        """Announce that an item is whole."""
        if not self.options.legacy_item_events:
            self.send(
                "conversation.item.done",
                previous_item_id=previous,
                item=self.wire(item),
            )

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Do something after a while."""
        timer = Timer(self.now + seconds, call)
        heappush(self._timers, (timer.due, next(self._order), timer))
        return timer

    def run_until(self, now: float) -> None:
        """Do everything that is due, each at its own time."""
        while self._timers and self._timers[0][0] <= now:
            due, _, timer = heappop(self._timers)
            if timer.call is not None:
                self.now = max(self.now, due)
                timer.call()
        self.now = max(self.now, now)

    @property
    def next_wake(self) -> float | None:
        """Return when the next timer is due."""
        while self._timers and self._timers[0][2].call is None:
            heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def drain(self) -> list[Output]:
        """Return and forget the collected outputs."""
        outputs, self._outputs = self._outputs, []
        return outputs
