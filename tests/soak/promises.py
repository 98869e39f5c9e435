"""What a part of the soak found: a value, and the bound that it must not exceed."""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
import contextlib
from dataclasses import asdict, dataclass
import json
import os
from pathlib import Path
import sys

_NICENESS = -10


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that is promised, and how it was found."""

    name: str
    value: float
    unit: str
    bound: float
    """The highest value that keeps the promise."""

    @property
    def is_kept(self) -> bool:
        """Tell whether the value is within its bound."""
        return self.value <= self.bound


def run_part(measure: Callable[[bool], Sequence[Promise]]) -> None:
    """Measure as the command line says; the last line printed is what was found.

    `measure` is told whether it is to be short. What goes on is told on stderr.
    """
    parser = ArgumentParser()
    parser.add_argument("--short", action="store_true", help="what CI has time for")
    found = measure(parser.parse_args().short)
    print(json.dumps([asdict(each) for each in found]))  # noqa: T201 - the result


def say(text: str) -> None:
    """Tell how far a part has come."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits


def hurry() -> None:
    """Go before whatever else the machine does, where it lets us."""
    try:
        os.nice(_NICENESS)
    except PermissionError:
        say("No right to a higher priority: other programs may add to the lag")
    hurry_session()


def hurry_session(pid: int | str = "self") -> None:
    """Let the session of a process go first: Linux shares its time among sessions."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(_NICENESS), encoding="ascii")
