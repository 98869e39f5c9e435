"""Faults at work: outputs pass through here on their way out."""

from collections import Counter
from functools import partial
from typing import Any

from .errors import ApiError
from .faults import Fault, FaultKind
from .line import Line
from .outputs import Close, Cut, Output, Send, Stall

_ENDS = (Close, Cut, Stall)


class FaultStrikes:
    """Change a connection's outputs as its faults ask."""

    def __init__(self, line: Line) -> None:
        """Start with the faults of the options."""
        self._line = line
        self._faults = line.options.faults
        self._seen: Counter[str] = Counter()
        self._cancelled_delta: dict[str, Any] | None = None
        self.silent = False

    def arm(self) -> None:
        """Start the clocks of faults that strike at a time."""
        for fault in self._faults:
            if fault.at_s is not None:
                self._line.later(fault.at_s, partial(self._now, fault))

    def pass_on(self, outputs: list[Output]) -> list[Output]:
        """Return what really goes out."""
        if not self._faults:
            return outputs
        result: list[Output] = []
        for output in outputs:
            if self.silent:
                break
            result += self._strike(output) if isinstance(output, Send) else [output]
            if any(isinstance(each, _ENDS) for each in result):
                self.silent = True
        return result

    def _now(self, fault: Fault) -> None:
        """Strike at a time."""
        for output in self._effect(fault):
            self._line.put(output)

    def _strike(self, send: Send) -> list[Output]:
        """Strike with an event, if a fault waits for it."""
        name: str = send.event["type"]
        self._seen[name] += 1
        result: list[Output] = [send]
        for fault in self._faults:
            if fault.event == name and fault.number in (None, self._seen[name]):
                if fault.kind is FaultKind.MISSING:
                    result[0] = Send(_without(send.event, fault.value or "item_id"))
                elif fault.number is not None or self._seen[name] == 1:
                    result += self._effect(fault)
            elif fault.kind is FaultKind.LATE_DELTA:
                result += self._late_delta(send)
        return result

    def _effect(self, fault: Fault) -> list[Output]:
        """Return what a fault puts out."""
        match fault.kind:
            case FaultKind.CUT:
                return [Cut()]
            case FaultKind.STALL:
                return [Stall()]
            case FaultKind.CLOSE:
                return [Close(round(float(fault.value or 1011)), "rehearsed fault")]
            case FaultKind.UNKNOWN:
                return [self._event(fault.value or "rehearsal.unknown")]
            case FaultKind.ERROR:
                code = fault.value or "server_error"
                error = ApiError(f"A rehearsed error: {code}.", code=code, kind=code)
                return [self._event("error", error=error.wire(None))]
            case _:
                return []

    def _event(self, event_type: str, **content: Any) -> Send:
        """Return an event of our own."""
        event_id = self._line.ids.make("event")
        return Send({"type": event_type, "event_id": event_id, **content})

    def _late_delta(self, send: Send) -> list[Output]:
        """Repeat the last delta of a response after it was cancelled."""
        event = send.event
        if event["type"] == "response.output_audio.delta":
            self._cancelled_delta = event
        elif event["type"] == "response.done" and self._cancelled_delta is not None:
            delta, self._cancelled_delta = self._cancelled_delta, None
            if event["response"]["status"] == "cancelled":
                return [Send({**delta, "event_id": self._line.ids.make("event")})]
        return []


def _without(event: dict[str, Any], path: str) -> dict[str, Any]:
    """Return an event without the field at a dotted path."""
    key, _, rest = path.partition(".")
    if rest and isinstance(event.get(key), dict):
        return {**event, key: _without(event[key], rest)}
    return {name: value for name, value in event.items() if name != key}
