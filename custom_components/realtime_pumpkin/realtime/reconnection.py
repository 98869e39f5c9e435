"""How long and how often to try for a new socket after one was lost."""

from enum import StrEnum

FIRST_DELAY = 0.25
LONGEST_DELAY = 8.0
SHORTEST_LAST_DELAY = 0.5
BUDGET = 15.0


class Unfinished(StrEnum):
    """What a lost session still owed the visitor."""

    NOTHING = "nothing"
    ANSWER = "answer"
    """An answer of which nothing was received."""
    REST = "rest"
    """The rest of an answer that broke off while it was received."""


class Reconnection:
    """Exponential backoff in seconds (0.25 to 8) within a budget of 15.

    Near the budget's end tries come closer again: a server that is back is found.
    """

    __slots__ = ("_delay", "_lost_at")

    def __init__(self) -> None:
        """Start with a socket that was never lost."""
        self._lost_at: float | None = None
        self._delay = FIRST_DELAY

    def next_delay(self, now: float) -> float | None:
        """Return how long to wait before the next try; None: give up."""
        if self._lost_at is None:
            self._lost_at, self._delay = now, FIRST_DELAY
        left = self.left(now)
        if left <= SHORTEST_LAST_DELAY:
            return None
        delay = min(self._delay, max(left / 2, SHORTEST_LAST_DELAY))
        self._delay = min(self._delay * 2, LONGEST_DELAY)
        return delay

    def left(self, now: float) -> float:
        """Return how much of the budget is left, in seconds."""
        return BUDGET if self._lost_at is None else BUDGET - (now - self._lost_at)

    def succeeded(self) -> None:
        """Start anew at the next loss."""
        self._lost_at = None
