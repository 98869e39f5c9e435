"""The table that a person reads."""

from collections.abc import Mapping
from typing import Any

from .measures import Measure
from .results import Findings

_HEADINGS = ("measure", "value", "goal", "", "last kept")


def table(findings: Findings, before: Mapping[str, Any]) -> str:
    """Return all lines, in columns; `before` are the results that are kept already."""
    rows: list[tuple[str, ...]] = [_HEADINGS]
    for section, measures in findings.items():
        rows += [("", "", "", "", ""), (section.upper(), "", "", "", "")]
        rows += [_row(one, before.get(one.name)) for one in measures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _row(one: Measure, before: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the cells of a measure."""
    goal = "" if one.goal is None else f"{one.bound} {one.goal:g}"
    verdict = {True: "met", False: "MISSED", None: ""}[one.is_met]
    value = f"{one.value:.3g} {one.unit}".strip()
    return one.name, value, goal, verdict, _change(one.value, before)


def _change(value: float, before: Mapping[str, Any] | None) -> str:
    """Write how far a value is from the one that was kept."""
    if before is None or not before["value"]:
        return ""
    return f"{value / before['value'] - 1:+.0%}"
