"""Switch off each guard: some test must notice. `python -m tests.soak.mutants`.

`--short` tries a few of them, others each day.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
import random
import subprocess
import sys

from tests.mutants.guards import GUARDS
from tests.mutants.mutant import Guard
from tests.soak.promises import Promise, run_part, say

ROOT = Path(__file__).parents[2]
_A_FEW = 6
_TIMEOUT_S = 600
_TESTS_FAILED = 1


def measure(is_short: bool) -> Sequence[Promise]:
    """Try the guards and return how many of them nobody would miss."""
    guards = list(GUARDS)
    if is_short:
        day = datetime.now(UTC).date().isoformat()
        guards = random.Random(day).sample(guards, min(_A_FEW, len(guards)))
    unnoticed = [guard.name for guard in guards if not _is_noticed(guard)]
    for name in unnoticed:
        say(f"Nobody notices that this is off: {name}")
    return [
        Promise("guards whose absence no test notices", len(unnoticed), "guards", 0)
    ]


def _is_noticed(guard: Guard) -> bool:
    """Tell whether a test fails without a guard, and says so itself."""
    plugin = ("-p", "tests.mutants.plugin", "--without", guard.name)
    how = ("-q", "-x", "-n0", "--tb=no")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *plugin, *how, *guard.tests],
            cwd=ROOT,
            check=False,
            capture_output=True,
            timeout=_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        say(f"{guard.name}: no test came to an end")
        return False
    is_noticed = done.returncode == _TESTS_FAILED
    say(f"{guard.name}: {'noticed' if is_noticed else done.stdout.decode()[-2000:]}")
    return is_noticed


if __name__ == "__main__":
    run_part(measure)
