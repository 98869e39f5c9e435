"""The one gate through which every `response.create` goes.

The service allows one active response (`conversation_already_has_active_response`
refuses a second) and makes one by itself when its VAD hears the end of speech.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from .actions import Send
from .events import ServerError

ALREADY_ACTIVE = "conversation_already_has_active_response"


class ResponseGate:
    """Let one response through at a time and coalesce the rest."""

    __slots__ = ("_active", "_held", "_ids", "_pending", "_requested")

    def __init__(self) -> None:
        """Start with nothing asked for."""
        self._ids = count(1)
        self.reset()

    def reset(self) -> None:
        """Forget everything: the socket is gone and with it what was asked."""
        self._active: str | None = None
        self._requested: tuple[str, dict[str, Any]] | None = None
        self._pending: dict[str, Any] | None = None
        self._held = False

    @property
    def active(self) -> str | None:
        """Return the id of the response that is being made."""
        return self._active

    @property
    def is_requested(self) -> bool:
        """Tell whether our request waits for its `response.created`."""
        return self._requested is not None

    @property
    def is_busy(self) -> bool:
        """Tell whether an answer is being made, asked for or expected."""
        return bool(self._active or self._requested or self._pending is not None)

    def request(self, **response: Any) -> Iterator[Send]:
        """Ask for a response with these parameters, now or when it can be."""
        self._pending = {**(self._pending or {}), **response}
        yield from self._pass()

    def hold(self) -> None:
        """Wait: somebody speaks and the service will answer by itself."""
        self._held = True

    def drop(self) -> None:
        """Forget what waits: nobody will want to hear it."""
        self._pending = None
        self._held = False

    def release(self) -> Iterator[Send]:
        """Stop waiting for an answer that the service did not make."""
        self._held = False
        yield from self._pass()

    def created(self, response_id: str) -> None:
        """Note that a response has begun, ours or the service's own."""
        # An answer the service makes by itself has read every item we sent,
        # so a bare request that waited for the speech to end is answered too.
        if self._requested is None and not self._pending:
            self._pending = None
        self._active, self._requested, self._held = response_id, None, False

    def done(self, response_id: str) -> Iterator[Send]:
        """Note that a response has ended."""
        if self._active in (response_id, _UNKNOWN):
            self._active = None
        yield from self._pass()

    def refused(self, error: ServerError) -> bool:
        """Note that our request was refused; False where it was not ours."""
        if self._requested is None or error.event_id != self._requested[0]:
            return False
        _, response = self._requested
        self._requested = None
        if error.code == ALREADY_ACTIVE:
            self._pending = {**response, **(self._pending or {})}
            self._active = self._active or _UNKNOWN
        return True

    def give_up(self) -> Iterator[Send]:
        """Forget a request that never became a response."""
        self._requested = None
        yield from self._pass()

    def _pass(self) -> Iterator[Send]:
        """Send what waits if nothing stands in its way."""
        if self._pending is None or self._active or self._requested or self._held:
            return
        event_id, response = f"create_{next(self._ids)}", self._pending
        self._requested, self._pending = (event_id, response), None
        event: dict[str, Any] = {"type": "response.create", "event_id": event_id}
        if response:
            event["response"] = response
        yield Send(event)


_UNKNOWN = "?"
