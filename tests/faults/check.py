"""What is asserted of a cell."""

from collections.abc import Callable

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

from tests.faults.cell import GRACE_S, RETRY_BUDGET_S, Phase
from tests.faults.expected import EXPECTED
from tests.faults.stage import Stage

type Record = Callable[[str, object], None]

_DECLARED_FOR = (2026, 10)
"""Later releases take less from a conversation, such as where an entity is renamed."""


def check(stage: Stage, phase: Phase, more_s: float | None, record: Record) -> None:
    """Play a cell; what comes of it is what is declared, and soon enough.

    At another moment of the phase, or with a later Home Assistant, something else
    may come of it, but as soon, and with as little left behind: `Stage.play` looks
    after that.
    """
    fault = stage.fault
    noticed_s = fault.trouble_at(phase).noticed_s
    outcome = stage.play(phase, more_s or 0.0)
    late_s = round(max(0.0, outcome.took_s - noticed_s), 3)
    record("cell", [fault.name, phase.value, more_s, str(outcome), late_s])
    if more_s is None and (MAJOR_VERSION, MINOR_VERSION) == _DECLARED_FOR:
        assert str(outcome) == EXPECTED[fault.name][phase], outcome
    assert late_s <= RETRY_BUDGET_S + GRACE_S, outcome
    assert outcome.settled_s <= GRACE_S, outcome
