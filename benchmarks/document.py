"""What pages say of the results that are kept, written into them.

`docs/performance.md` has all of them as tables, `README.md` (by `script/readme.py`) the
few that a user cares for.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import subprocess
import sys
from typing import Any, Final

from .results import LATEST

_ROOT: Final = Path(__file__).resolve().parents[1]
_README_WRITER: Final = _ROOT / "script/readme.py"
DOCUMENT: Final = _ROOT / "docs/performance.md"
BEGIN: Final = "<!-- results: written by script/bench -->"
END: Final = "<!-- end of results -->"
_PICTURES: Final = (
    "![Delays beside every peer](../benchmarks/results/latency.png)",
    "",
    "![What grows with the number of voices](../benchmarks/results/scaling.png)",
    "",
)


def block(latest: dict[str, Any]) -> str:
    """Return the tables as Markdown, between the marks they are kept within."""
    return "\n".join([BEGIN, "", *_lines(latest), "", END])


def _lines(latest: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of all tables."""
    yield from _PICTURES
    machine, packages = latest["machine"], latest["packages"]
    versions = ", ".join(f"{name} {version}" for name, version in packages.items())
    yield (
        f"Measured on {machine['cores']} cores of {machine['cpu']} with Python"
        f" {machine['python']}, {versions}."
    )
    section = ""
    for name, one in latest["measures"].items():
        if one["section"] != section:
            section = one["section"]
            yield from ("", f"### {section.capitalize()}", "")
            yield from ("| measure | value | goal | |", "| --- | ---: | ---: | --- |")
        yield f"| {name} | {_value(one)} | {_goal(one)} | {_verdict(one)} |"


def _value(one: dict[str, Any]) -> str:
    """Write a value with its unit."""
    return f"{one['value']:.3g} {one['unit']}".strip()


def _goal(one: dict[str, Any]) -> str:
    """Write a goal as the table of the issue does."""
    if one["goal"] is None:
        return ""
    return f"{'≤' if one['bound'] == 'at most' else '≥'} {one['goal']:g}"


def _verdict(one: dict[str, Any]) -> str:
    """Write whether a goal is met."""
    return {True: "met", False: "**missed**", None: ""}[one["met"]]


def renewed(text: str, latest: dict[str, Any]) -> str:
    """Return the document with the tables of these results."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return before + block(latest) + after


def renew() -> None:
    """Write what is kept into the pages that tell it."""
    latest = json.loads(LATEST.read_text())
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8"), latest))
    subprocess.run([sys.executable, _README_WRITER], check=True)
