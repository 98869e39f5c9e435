"""Switch off each guard: some test must notice. `python -m tests.soak.mutants`.

`--short` tries a few of them, others each day.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
import random
from typing import Final

from tests.mutants.guards import GUARDS
from tests.mutants.mutant import Guard
from tests.mutants.trial import attempt, load
from tests.soak.promises import Promise, run_part, say

_A_FEW: Final = 6


def measure(is_short: bool) -> Sequence[Promise]:
    """Try the guards and return how many of them nobody would miss."""
    guards = list(GUARDS)
    if is_short:
        day = datetime.now(UTC).date().isoformat()
        guards = random.Random(day).sample(guards, min(_A_FEW, len(guards)))
    load()
    unnoticed = [guard.name for guard in guards if not _is_noticed(guard)]
    for name in unnoticed:
        say(f"Nobody notices that this is off: {name}")
    return [
        Promise("guards whose absence no test notices", len(unnoticed), "guards", 0)
    ]


def _is_noticed(guard: Guard) -> bool:
    """Tell whether a test fails without a guard, and says so itself."""
    trial = attempt(guard)
    said = "noticed" if trial.is_noticed else trial.output[-2000:]
    say(f"{guard.name}: {said}")
    return trial.is_noticed


if __name__ == "__main__":
    run_part(measure)
