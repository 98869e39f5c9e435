"""Play conversations that nobody wrote: `python -m tests.soak.random_talk [--short]`.

They are those of `tests/realtime/test_random_conversations.py`, in virtual time: the
core, the local server's core, a speaker and a visitor, exact to the tick.
"""

from collections.abc import Sequence
import os
import re
import subprocess
import sys
from typing import Final

from demo.rig.places import ROOT
from tests.realtime.test_random_conversations import AMOUNT
from tests.soak.promises import Promise, run_part, say

MANY: Final = 2000
FEW: Final = 200
_TESTS: Final = "tests/realtime/test_random_conversations.py"
_LONGEST_S: Final = 3600


def measure(is_short: bool) -> Sequence[Promise]:
    """Play them and return how many blocks of them broke a promise."""
    number = FEW if is_short else MANY
    command = [sys.executable, "-m", "pytest", "-p", "tests.start", "-q", "-n2"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--timeout", str(_LONGEST_S), _TESTS],
        cwd=ROOT,
        env={**os.environ, AMOUNT: str(number)},
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    broken = re.findall(r"^FAILED .*", done.stdout, re.MULTILINE)
    if done.returncode:
        say(done.stdout[-6000:])
    failed = max(len(broken), int(done.returncode != 0))
    name = f"tests that fail over {number:,} random conversations"
    return [Promise(name, failed, "tests", 0)]


if __name__ == "__main__":
    run_part(measure)
