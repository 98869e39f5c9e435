"""What is asserted of a cell."""

from collections.abc import Callable

from tests.faults.cell import GRACE_S, RETRY_BUDGET_S, Phase
from tests.faults.expected import EXPECTED
from tests.faults.stage import Stage

type Record = Callable[[str, object], None]


def check(stage: Stage, phase: Phase, more_s: float | None, record: Record) -> None:
    """Play a cell; what comes of it is what is declared, and soon enough.

    At another moment of the phase something else may come of it, but as soon, and
    with as little left behind: `Stage.play` looks after that.
    """
    fault = stage.fault
    noticed_s = fault.trouble_at(phase).noticed_s
    outcome = stage.play(phase, more_s or 0.0)
    late_s = round(max(0.0, outcome.took_s - noticed_s), 3)
    record("cell", [fault.name, phase.value, more_s, str(outcome), late_s])
    if more_s is None:
        assert str(outcome) == EXPECTED[fault.name][phase], outcome
    assert late_s <= RETRY_BUDGET_S + GRACE_S, outcome
