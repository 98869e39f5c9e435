"""How a thing moves with a level, without a clock and without the thing.

A thing takes few calls a second, and speech has a syllable five times a second. So
the calls are not made when they may be, but where they come nearest to the level:
of what will be heard soon, as far as it is known, the best moments are chosen.
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
import math
from typing import Final

from ..audio.level import WINDOW_MS
from ..staging import LevelTarget

LOOKS_AHEAD: Final = 8
"""How many windows are looked at, of which the first is the one that is due."""

# What a call is worth: less than this is not seen, and devices are spared.
_COST: Final = 0.0004
# How much more a peak is missed than what is around it.
_PEAK: Final = 4.0
# A second is a little longer here, for clocks differ from one machine to the next.
_SECOND_S: Final = 1.02

type Place = Callable[[float, float], float]
"""Return where (0 to 1) a thing belongs at a level, coming from another place."""


class Smoothing:
    """A level that rises and falls no faster than a thing is to move."""

    def __init__(self, attack_ms: float, release_ms: float) -> None:
        """Begin at silence; both are the time for two thirds of a step."""
        self._attack = _share(attack_ms)
        self._release = _share(release_ms)
        self.level = 0.0

    def follow(self, levels: Sequence[float]) -> list[float]:
        """Return levels, 40 ms apart, smoothed; only the first has passed."""
        smoothed: list[float] = []
        now = self.level
        for level in levels:
            now += (level - now) * (self._attack if level > now else self._release)
            smoothed.append(now)
        self.level = smoothed[0] if smoothed else self.level
        return smoothed


def _share(time_ms: float) -> float:
    """Return how much of a step is done in a window."""
    return 1.0 if time_ms <= 0 else 1 - math.exp(-WINDOW_MS / time_ms)


class Motion:
    """Say when a thing is to be moved, and how far (0 to 1)."""

    def __init__(self, target: LevelTarget, place: Place) -> None:
        """Begin where the thing is, which is unknown."""
        self._smoothing = Smoothing(target.attack_ms, target.release_ms)
        self._place = place
        rate = max(1, int(target.calls_per_second))
        self._gap = max(1, 1000 // rate // WINDOW_MS)
        self._calls: deque[float] = deque(maxlen=rate)
        self._sent: float | None = None

    @property
    def free_at(self) -> float:
        """Return from when on (loop seconds) the thing takes another call."""
        if not self._calls:
            return -math.inf
        soonest = self._calls[-1] + (self._gap - 0.5) * WINDOW_MS / 1000
        if len(self._calls) < (self._calls.maxlen or 1):
            return soonest
        return max(soonest, self._calls[0] + _SECOND_S)

    def step(
        self, now: float, levels: Sequence[float], *, may_move: bool = True
    ) -> float | None:
        """Take what is due now (loop seconds) and what follows it, 40 ms apart.

        Returns where the thing is to be moved now; None where it is left alone.
        """
        path = self._path(self._smoothing.follow(levels))
        if not path or not may_move or now < self.free_at:
            return None
        if self._sent is not None and not _is_due(path, self._sent, self._gap):
            return None
        self._calls.append(now)
        self._sent = path[0]
        return path[0]

    def _path(self, levels: Sequence[float]) -> list[float]:
        """Return the places that belong to levels, one after the other."""
        path: list[float] = []
        place = self._sent or 0.0
        for level in levels:
            place = self._place(level, place)
            path.append(place)
        return path


def _is_due(path: Sequence[float], held: float, gap: int) -> bool:
    """Tell whether the best of all plans begins with a call now.

    `path` is where the thing belongs, window by window, `held` is where it is, and
    between two calls lie `gap` windows. A plan is the better the less the thing is
    away from where it belongs.
    """
    count = len(path)
    weights = _weights(path)

    def missed(at: int, place: float) -> float:
        """Return how wrong a place is in a window."""
        return weights[at] * (place - path[at]) ** 2

    @cache
    def called(at: int) -> float:
        """Return what it costs from a window on in which a call is made."""
        until = min(at + gap, count)
        staying = sum(missed(each, path[at]) for each in range(at, until))
        return _COST + staying + best(until, path[at])

    @cache
    def best(at: int, place: float) -> float:
        """Return what the best plan costs from a window on."""
        if at >= count:
            return 0.0
        return min(called(at), missed(at, place) + best(at + 1, place))

    return called(0) < missed(0, held) + best(1, held)


def _weights(path: Sequence[float]) -> list[float]:
    """Return how much each window counts: what is loud is seen most, a peak above all."""
    padded = (0.0, *path, 0.0)
    return [
        0.3 + here + (_PEAK * here**2 if before < here >= after else 0.0)
        for before, here, after in zip(padded, path, padded[2:], strict=False)
    ]
