"""The matrix as a table for people."""

from collections.abc import Mapping

from tests.faults.cell import Phase
from tests.faults.fault import Fault, Group
from tests.faults.faults import FAULTS

BEGIN = "<!-- fault-matrix: begin -->"
END = "<!-- fault-matrix: end -->"
_NEVER = "—"


def markdown(cells: Mapping[str, Mapping[Phase, str]]) -> str:
    """Return a table for each group of faults, what came of each cell in it."""
    return "\n\n".join(_group(group, cells) for group in Group)


def _group(group: Group, cells: Mapping[str, Mapping[Phase, str]]) -> str:
    """Return the table of a group."""
    rows = [
        [fault.name, *(_cell(fault, phase, cells) for phase in Phase)]
        for fault in FAULTS
        if fault.group is group
    ]
    head = ["fault", *Phase]
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"### {group}\n\n{table}"


def _cell(fault: Fault, phase: Phase, cells: Mapping[str, Mapping[Phase, str]]) -> str:
    """Return what came of a cell, or why there is none."""
    if phase in fault.exempt:
        return f"{_NEVER} {fault.exempt[phase]}"
    return cells.get(fault.name, {}).get(phase, "not played")
