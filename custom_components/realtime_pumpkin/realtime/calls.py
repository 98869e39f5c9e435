"""Tool calls: each made once, their results answered by one response."""

from dataclasses import dataclass, field
import json
from typing import Any

import orjson

from .actions import Send
from .events import FunctionCall

REMEMBERED_CALLS = 256
MOST_OPEN_CALLS = 64
"""No model calls so much at once; what it calls beyond that is not made."""


class BadArguments(ValueError):
    """A tool was called with something that is no JSON object."""


def parse_arguments(call: FunctionCall) -> dict[str, Any]:
    """Return a call's arguments; raise `BadArguments` with words for the model."""
    try:
        arguments = orjson.loads(call.arguments or "{}")
        orjson.dumps(arguments)  # It reads what is nested deeper than it writes.
    except (TypeError, ValueError) as error:
        raise BadArguments(f"The arguments are not valid JSON: {error}") from None
    if not isinstance(arguments, dict):
        raise BadArguments("The arguments must be a JSON object")
    return arguments


def error_output(message: str) -> str:
    """Return a tool's output that tells the model what went wrong."""
    return json.dumps({"error": message})


@dataclass(slots=True)
class _Batch:
    """The calls of one response, answered together."""

    names: list[str] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    outputs: dict[str, str] = field(default_factory=dict)
    is_done: bool = False
    wants_answer: bool = False


class ToolCalls:
    """Follow the calls of every response until the model has their results."""

    __slots__ = ("_batches", "_seen")

    def __init__(self) -> None:
        """Start with nothing called."""
        self._batches: dict[str, _Batch] = {}
        self._seen: dict[str, None] = {}

    @property
    def is_waiting(self) -> bool:
        """Tell whether a tool still runs."""
        return any(batch.waiting for batch in self._batches.values())

    @property
    def are_open(self) -> bool:
        """Tell whether a call was made whose result is not sent yet."""
        return bool(self._batches)

    def accept(self, response_id: str, call: FunctionCall) -> bool:
        """Note a call; False where it was made before (same `call_id`)."""
        are_open = sum(len(batch.names) for batch in self._batches.values())
        if call.call_id in self._seen or are_open >= MOST_OPEN_CALLS:
            return False
        self._seen[call.call_id] = None
        if len(self._seen) > REMEMBERED_CALLS:
            del self._seen[next(iter(self._seen))]
        batch = self._batches.setdefault(response_id, _Batch())
        batch.names.append(call.name)
        batch.waiting.add(call.call_id)
        return True

    def finished(self, call_id: str, output: str, *, wants_answer: bool = True) -> bool:
        """Keep a result; False where nobody waits for it any more."""
        for batch in self._batches.values():
            if call_id in batch.waiting:
                batch.waiting.discard(call_id)
                batch.outputs[call_id] = output
                batch.wants_answer |= wants_answer
                return True
        return False

    def response_done(self, response_id: str) -> None:
        """Note that a response has ended: its results may be sent."""
        if response_id in self._batches:
            self._batches[response_id].is_done = True

    def collect(self) -> tuple[list[Send], bool]:
        """Return the results that are complete and whether to answer them."""
        sends: list[Send] = []
        wants_answer = False
        for response_id, batch in list(self._batches.items()):
            if batch.is_done and not batch.waiting:
                del self._batches[response_id]
                sends.extend(map(_output, batch.outputs.items()))
                wants_answer |= batch.wants_answer
        return sends, wants_answer

    def forget(self) -> list[str]:
        """Forget what runs: the session that called it is gone; return its names."""
        names = [name for batch in self._batches.values() for name in batch.names]
        self._batches.clear()
        return names


def _output(result: tuple[str, str]) -> Send:
    """Return the event that gives the model a result."""
    call_id, output = result
    item = {"type": "function_call_output", "call_id": call_id, "output": output}
    return Send({"type": "conversation.item.create", "item": item})
