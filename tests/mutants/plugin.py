"""Run tests with one guard switched off: `pytest -p tests.mutants.plugin --without …`."""

import pytest

from tests.mutants.guards import GUARDS


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which guard is off, by its name."""
    parser.addoption("--without", help="a guard's name", required=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Switch it off once every module is imported, and before any test runs."""
    wanted = session.config.getoption("--without")
    [guard] = [each for each in GUARDS if each.name == wanted]
    guard.switch_off()
