"""What was measured, against its goal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

type Bound = Literal["at most", "at least"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    """None: told for comparison only."""

    bound: Bound = "at most"
    samples: Sequence[float] = field(default=(), repr=False)
    """Delays in ms that the value is taken from, to be drawn; else empty."""

    growth: Mapping[int, float] = field(default_factory=dict)
    """By the number of voices at once, to be drawn; else empty."""

    growth_unit: str = ""
    """What grows is counted in this."""

    @property
    def is_met(self) -> bool | None:
        """Tell whether the goal is met, None where there is none."""
        if self.goal is None:
            return None
        if self.bound == "at most":
            return self.value <= self.goal
        return self.value >= self.goal

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is written into the results."""
        written: dict[str, Any] = {
            "value": significant(self.value),
            "unit": self.unit,
            "goal": self.goal,
            "bound": self.bound if self.goal is not None else None,
            "met": self.is_met,
        }
        if self.growth:
            written["growth"] = {
                str(voices): significant(value) for voices, value in self.growth.items()
            }
        return written


def significant(value: float) -> float:
    """Return a value with the four digits of it that mean something."""
    return float(f"{value:.4g}")


def quantile(values: Iterable[float], share: float) -> float:
    """Return the value below which a share (0 to 1) of all values lie."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Iterable[float]) -> float:
    """Return the median, which one disturbed round does not move."""
    return median(values)
