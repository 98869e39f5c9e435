"""Measure every promise, write down what was found, fail where one is broken.

`python -m tests.soak [--short] [PART …]`. Each part is a process of its own, so that
none measures what another one left.
"""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
import json
from pathlib import Path
import platform
import subprocess
import sys
from typing import Any, Final

from demo.rig.places import ROOT

from .promises import Promise

PARTS: Final = (
    "conversations",
    "random_talk",
    "hour",
    "backpressure",
    "matrix",
    "mutants",
    "fuzz",
)
OUTPUT: Final = ROOT / "soak-output" / "latest.json"


def main() -> int:
    """Run the parts; return 1 where a promise is broken."""
    given = _read_command_line()
    found: dict[str, list[Promise]] = {}
    failed = []
    for part in given.parts or _parts():
        try:
            found[part] = run(part, is_short=given.short)
        except subprocess.CalledProcessError as error:
            failed.append(part)
            print(f"{part} failed with status {error.returncode}", file=sys.stderr)  # noqa: T201
    write(OUTPUT, found, is_short=given.short)
    print(table(found))  # noqa: T201 - for whoever reads it
    broken = [each for all_of in found.values() for each in all_of if not each.is_kept]
    return 1 if broken or failed else 0


def _read_command_line() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(prog="script/soak", description=__doc__)
    parser.add_argument("--short", action="store_true", help="what CI has time for")
    parser.add_argument("parts", nargs="*", choices=[[], *_parts()], help="which parts")
    return parser.parse_args()


def _parts() -> list[str]:
    """Return the parts that there are."""
    return [part for part in PARTS if find_spec(f"tests.soak.{part}")]


def run(part: str, *, is_short: bool) -> list[Promise]:
    """Run a part; raise `CalledProcessError` where it fails."""
    print(f"== {part}", file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits
    command = [sys.executable, "-m", f"tests.soak.{part}"]
    done = subprocess.run(
        [*command, "--short"] if is_short else command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Promise(**each) for each in json.loads(done.stdout.splitlines()[-1])]


def write(path: Path, found: dict[str, list[Promise]], *, is_short: bool) -> None:
    """Write what was found, and on what."""
    content: dict[str, Any] = {
        "form": "short" if is_short else "long",
        "home_assistant": version("homeassistant"),
        "python": platform.python_version(),
        "promises": {
            part: [asdict(each) for each in promises]
            for part, promises in found.items()
        },
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def table(found: dict[str, list[Promise]]) -> str:
    """Return what was found, for people."""
    rows = [
        (part, each.name, number(each.value, each.unit), number(each.bound, each.unit))
        for part, promises in found.items()
        for each in promises
    ]
    rows.insert(0, ("part", "promise", "found", "at most"))
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def number(value: float, unit: str) -> str:
    """Return a value with its unit."""
    return f"{value:g} {unit}".strip()


if __name__ == "__main__":
    sys.exit(main())
