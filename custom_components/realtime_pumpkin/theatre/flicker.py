"""The flame of a candle that nobody speaks to: random, and the same for each seed."""

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import Final

_FLAMES: Final = 97
_SHORTEST_S: Final = 0.2
_LONGEST_S: Final = 0.9


class Flicker:
    """How high a flame burns, from 0 to 1; it changes one to five times a second."""

    def __init__(self, seed: int) -> None:
        """Draw a minute of flames, which begins anew when it is over."""
        dice = Random(seed)  # A candle keeps no secrets.
        self._heights = [dice.betavariate(2, 2) for _ in range(_FLAMES)]
        lasts = [dice.uniform(_SHORTEST_S, _LONGEST_S) for _ in range(_FLAMES)]
        self._ends = list(accumulate(lasts))

    def at(self, seconds: float) -> float:
        """Return how high it burns at a time."""
        place = bisect(self._ends, seconds % self._ends[-1])
        return self._heights[min(place, _FLAMES - 1)]
