"""The sections of the benchmark, in the order of the table.

A section is a module with `async def measure() -> list[Measure]`. It is imported when its
turn comes, and starts whatever is measured as processes of its own (`processes.py`), so
that what this process imports is on nobody's bill.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Final

from .measures import Measure

SECTIONS: Final = {
    "transport": "benchmarks.transport",
    "set-up": "benchmarks.paths.setting_up",
    "speakers": "benchmarks.paths.speakers",
    "starting": "benchmarks.paths.starting",
    "turns": "benchmarks.paths.turns",
    "crowd": "benchmarks.paths.crowd",
}
"""The module of each section."""


async def measure(name: str) -> list[Measure]:
    """Measure one section."""
    found: list[Measure] = await import_module(SECTIONS[name]).measure()
    return found


def unknown(names: Iterable[str]) -> list[str]:
    """Return those names that are no section's."""
    return [name for name in names if name not in SECTIONS]
