"""Fixtures of the fault matrix: its worlds have loops of their own."""

from collections.abc import Iterator
import random

import pytest
import pytest_socket

from tests.faults.cell import MORE_S, Phase
from tests.faults.fault import Fault
from tests.faults.stage import Stage

_EACH = 3


@pytest.fixture(autouse=True)
def configure_event_loop() -> None:
    """Have no loop but the world's."""


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Leave it to the census of each cell: a world outlives a test."""


@pytest.fixture(autouse=True)
def reset_globals() -> None:
    """Leave it to the world, which outlives a test."""


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Yield where the cells of a fault are played."""
    pytest_socket.enable_socket()
    stage = Stage(request.param)
    yield stage
    pytest_socket.enable_socket()
    stage.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each cell of a module's rows, `FAULTS`.

    `script/test` has time for one phase of each third fault; `script/soak --short`, which
    CI runs as well, plays all, and so does whoever names a test.
    """
    if "stage" not in metafunc.fixturenames:
        return
    faults: tuple[Fault, ...] = metafunc.module.FAULTS
    moments: int | None = metafunc.config.getoption("--moments", None)
    is_brief = moments is None and not any("::" in arg for arg in metafunc.config.args)
    if is_brief:
        faults = faults[::_EACH]
    cells = [
        pytest.param(fault, phase, more_s, id=f"{fault.name}-{phase}{suffix}")
        for number, fault in enumerate(faults)
        for phase in ((list(Phase)[(number + 1) % len(Phase)],) if is_brief else Phase)
        if phase not in fault.exempt
        for more_s, suffix in _moments(fault, phase, moments or 0)
    ]
    names = ("stage", "phase", "more_s")
    metafunc.parametrize(names, cells, indirect=["stage"], scope="module")


def _moments(fault: Fault, phase: Phase, count: int) -> list[tuple[float | None, str]]:
    """Return how much later than usual the fault strikes; None: as usual."""
    if phase not in MORE_S:
        return [(None, "")]
    seeded = random.Random(f"{fault.name} {phase}")
    later = [seeded.uniform(-0.4, MORE_S[phase]) for _ in range(count)]
    return [(None, ""), *((more_s, f"{more_s:+.3f}s") for more_s in later)]
