"""What was measured, against its goal."""

from collections.abc import Iterable
from dataclasses import dataclass
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
        return {
            "value": round(self.value, 4),
            "unit": self.unit,
            "goal": self.goal,
            "bound": self.bound if self.goal is not None else None,
            "met": self.is_met,
        }


def quantile(values: Iterable[float], share: float) -> float:
    """Return the value below which a share (0 to 1) of all values lie."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Iterable[float]) -> float:
    """Return the median, which one disturbed round does not move."""
    return median(values)


def table(measures: Iterable[Measure]) -> str:
    """Return all lines, in columns."""
    rows = [("measure", "value", "goal", "")]
    for one in measures:
        goal = "" if one.goal is None else f"{one.bound} {one.goal:g}"
        verdict = {True: "met", False: "MISSED", None: ""}[one.is_met]
        rows.append((one.name, f"{one.value:.3g} {one.unit}".strip(), goal, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
