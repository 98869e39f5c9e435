"""How many inputs the tests with a real Home Assistant try: a few, or what a soak wants."""

from collections.abc import Iterator
import os
from pathlib import Path
import sys

from .dice import noise

AMOUNT = "FUZZ_INPUTS"
SEED = "FUZZ_SEED"
REPORT = "FUZZ_REPORT"


def examples(few: int) -> Iterator[bytes]:
    """Yield inputs; what is under way is told where it raises."""
    number = int(os.environ.get(AMOUNT, str(few)))
    first = int(os.environ.get(SEED, "0"))
    report = os.environ.get(REPORT)
    for seed in range(first, first + number):
        data = noise(seed)
        print(f"input {data.hex()}", file=sys.stderr)  # noqa: T201 - shown on failure
        yield data
        if report:
            with Path(report).open("a", encoding="ascii") as file:
                file.write("1\n")
