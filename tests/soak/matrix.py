"""Play the fault matrix and print it: `python -m tests.soak.matrix [--short]`.

Without `--short` each fault strikes at more moments of each phase. With `--write`
nothing is played: the declared table goes into docs/reliability.md.
"""

from collections import defaultdict
from collections.abc import Sequence
import json
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any

from tests.faults.cell import GRACE_S, RETRY_BUDGET_S, Phase
from tests.faults.expected import EXPECTED
from tests.faults.table import BEGIN, END, markdown
from tests.soak.promises import Promise, run_part

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reliability.md"
_MOMENTS = 4
"""How many more moments of a phase the long form tries."""


def measure(is_short: bool) -> Sequence[Promise]:
    """Play all cells, print the table and return what is promised of it."""
    cells = _play(0 if is_short else _MOMENTS)
    played = [cell["cell"] for cell in cells if cell["cell"] is not None]
    outcomes: dict[str, dict[Phase, str]] = defaultdict(dict)
    for name, phase, more_s, outcome, _ in played:
        if more_s is None:
            outcomes[name][Phase(phase)] = outcome
    print(markdown(outcomes))  # noqa: T201 - the table
    failed = sum(cell["failed"] for cell in cells)
    missing = sum(map(len, EXPECTED.values())) - sum(map(len, outcomes.values()))
    slowest = max((late_s for *_, late_s in played), default=float("inf"))
    bound = RETRY_BUDGET_S + GRACE_S
    return [
        Promise("cells of the fault matrix that fail", failed, "cells", 0),
        Promise("cells of the fault matrix that were not played", missing, "cells", 0),
        Promise("a voice is well or idle again after a loss", slowest, "s", bound),
    ]


def _play(moments: int) -> list[dict[str, Any]]:
    """Run the cells as tests; return what came of each."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "cells.json"
        plugin = ("-p", "tests.faults.report", "--cells", str(file))
        how = ("-q", "-n0", "--moments", str(moments), "--tb=short")
        subprocess.run(
            [sys.executable, "-m", "pytest", *plugin, *how, "tests/faults"],
            cwd=ROOT,
            check=False,
            stdout=sys.stderr,
        )
        cells = [json.loads(line) for line in file.read_text().splitlines()]
    return [cell for cell in cells if "test_cell" in cell["test"]]


def write() -> None:
    """Put the declared table into the page."""
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{markdown(EXPECTED)}\n{END}{after}")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        run_part(measure)
