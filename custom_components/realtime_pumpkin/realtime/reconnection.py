"""How long and how often to try for a new socket after one was lost."""

FIRST_DELAY = 0.25
LONGEST_DELAY = 8.0
BUDGET = 15.0


class Reconnection:
    """Exponential backoff in seconds (0.25 to 8) within a budget of 15."""

    __slots__ = ("_delay", "_lost_at")

    def __init__(self) -> None:
        """Start with a socket that was never lost."""
        self._lost_at: float | None = None
        self._delay = FIRST_DELAY

    def next_delay(self, now: float) -> float | None:
        """Return how long to wait before the next try; None: give up."""
        if self._lost_at is None:
            self._lost_at, self._delay = now, FIRST_DELAY
        if now + self._delay - self._lost_at > BUDGET:
            return None
        delay, self._delay = self._delay, min(self._delay * 2, LONGEST_DELAY)
        return delay

    def succeeded(self) -> None:
        """Start anew at the next loss."""
        self._lost_at = None
