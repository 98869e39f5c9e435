"""What keeps a conversation from hanging, leaking or ending for nothing."""

import math
from typing import Final

from tests.mutants.mutant import Guard

ROBUSTNESS: Final = (
    Guard(
        "a service that refuses for good is given up after the retry budget",
        "realtime.reconnection:BUDGET",
        math.inf,
        ("tests/realtime/test_reconnection.py",),
    ),
)
