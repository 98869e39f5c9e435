"""The one gate through which every `response.create` goes.

The service allows one active response: `conversation_already_has_active_response`
refuses a second. Some servers make one by themselves at the end of speech,
whatever the session's configuration says.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from .actions import Send
from .events import ServerError

ALREADY_ACTIVE = "conversation_already_has_active_response"


class ResponseGate:
    """Let one response through at a time and coalesce the rest."""

    __slots__ = ("_active", "_held", "_ids", "_is_unwanted", "_pending", "_requested")

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
        self._is_unwanted = False

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
        """Wait: somebody speaks and will be answered afterwards."""
        self._held = True

    def drop(self) -> None:
        """Forget what waits or was asked for: nobody will want to hear it."""
        self._pending = None
        self._held = False
        self._is_unwanted = self._requested is not None

    def release(self) -> Iterator[Send]:
        """Let through what waited: nobody speaks any more."""
        self._held = False
        yield from self._pass()

    def created(self, response_id: str) -> bool:
        """Note that a response has begun; False where nobody wants it any more."""
        # An answer that the server made by itself has read every item we sent,
        # so a bare request that waited is answered too.
        if self._requested is None and not self._pending:
            self._pending = None
        is_wanted, self._is_unwanted = not self._is_unwanted, False
        self._active, self._requested, self._held = response_id, None, False
        return is_wanted

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

    def repeat(self) -> Iterator[Send]:
        """Ask again for a response that never came."""
        if self._requested is not None:
            _, response = self._requested
            self._requested = None
            yield from self.request(**response)

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
