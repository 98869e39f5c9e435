"""A brain that says exactly what a test wrote down."""

from collections import deque
from collections.abc import Iterable

from .plan import Call, Ending, Failed, Plan, PlannedOutput, ResponseRequest, Say

type Reply = Plan | PlannedOutput | Ending | str
"""A whole plan, one output, a bare ending, or a text to say."""


class ScriptedBrain:
    """Answer responses one after the other with prepared replies.

    A response that nothing was prepared for fails with `script_exhausted`;
    `assert_finished` tells about it, and about replies that were never asked for.
    """

    def __init__(
        self, replies: Iterable[Reply] = (), *, heard: Iterable[str] = ()
    ) -> None:
        """Prepare the replies, and the words of the user's turns."""
        self._replies = deque(replies)
        self._heard = deque(heard)
        self.requests: list[ResponseRequest] = []
        """What was asked, for tests to look at."""
        self._unexpected = 0

    def plan(self, request: ResponseRequest) -> Plan:
        """Return the next reply."""
        self.requests.append(request)
        if not self._replies:
            self._unexpected += 1
            return Plan(ending=Failed("script_exhausted", "No reply is left."))
        return as_plan(self._replies.popleft())

    def hear(self, pcm: bytes) -> str | None:
        """Return the next prepared words, or none."""
        return self._heard.popleft() if self._heard else ""

    def assert_finished(self) -> None:
        """Raise `AssertionError` unless every reply was asked for, and no more."""
        if self._replies or self._heard:
            raise AssertionError(f"Left over: {[*self._replies, *self._heard]}")
        if self._unexpected:
            raise AssertionError(f"{self._unexpected} responses without a reply")


def as_plan(reply: Reply) -> Plan:
    """Return a reply as a plan."""
    match reply:
        case Plan():
            return reply
        case str():
            return Plan((Say(reply),))
        case Say() | Call():
            return Plan((reply,))
        case _:
            return Plan(ending=reply)
