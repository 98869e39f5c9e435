"""A plugin of pytest for longer runs: `-p tests.faults.report --cells FILE`.

`--moments N` strikes N more times within each phase, at moments chosen by seed.
"""

import json
from pathlib import Path
import sys
from typing import Any

import pytest

_CELL = "cell"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where the cells go, and how many more there are to be."""
    parser.addoption("--cells", type=Path, required=True)
    parser.addoption("--moments", type=int, default=0)


class Report:
    """Write down what came of each cell."""

    def __init__(self, file: Path) -> None:
        """Start a file."""
        self._file = file
        file.write_text("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a cell recorded, or that it failed before it could."""
        if report.when != "call" and not report.failed:
            return
        found: dict[str, Any] = {
            "test": report.nodeid,
            "failed": report.failed,
            "cell": dict(report.user_properties).get(_CELL),
        }
        with self._file.open("a") as file:
            file.write(json.dumps(found) + "\n")
        how = "FAILED" if report.failed else "as declared"
        print(f"{report.nodeid}: {how}", file=sys.stderr, flush=True)  # noqa: T201


def pytest_configure(config: pytest.Config) -> None:
    """Report, in the process that hears of every test."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(config.getoption("--cells")))
