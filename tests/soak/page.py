"""The part of docs/reliability.md that is written, not typed.

`python -m tests.soak.page` takes over the figures of the last long `script/soak`.
"""

import json
from pathlib import Path
import re
from typing import Any, Final

from demo.rig.places import ROOT
from tests.backpressure.queues import table as queues

from .__main__ import OUTPUT, number
from .promises import Promise

PAGE: Final = ROOT / "docs" / "reliability.md"
FIGURES: Final = ROOT / "docs" / "soak.json"
TITLES: Final = {
    "conversations": "A thousand conversations in compressed time",
    "random_talk": "Conversations that nobody wrote",
    "hour": "An hour in real time",
    "backpressure": "Eight hours of a microphone, in compressed time",
    "matrix": "Every fault in every phase",
    "mutants": "Each guard switched off",
    "fuzz": "A hundred thousand inputs",
}


def promises(content: dict[str, Any]) -> str:
    """Return what was found as a table."""
    rows = ["| | found | at most |", "| --- | --- | --- |"]
    for part, found in content["promises"].items():
        rows.append(f"| **{TITLES[part]}** | | |")
        rows += [
            f"| {each.name} | {number(each.value, each.unit)}"
            f" | {number(each.bound, each.unit)} |"
            for each in (Promise(**fields) for fields in found)
        ]
    return "\n".join(rows)


def blocks(content: dict[str, Any]) -> dict[str, str]:
    """Return what has to stand between the marks of each name."""
    return {"soak": promises(content), "queues": queues()}


def block_of(page: str, name: str) -> str:
    """Return what stands between the marks of a name."""
    found = re.search(_marks(name), page, re.DOTALL)
    assert found is not None, name
    return found[2].strip()


def filled(page: str, content: dict[str, Any]) -> str:
    """Return the page with its blocks as they have to be."""
    for name, block in blocks(content).items():
        page = re.sub(
            _marks(name),
            lambda found, block=block: f"{found[1]}\n{block}\n{found[3]}",
            page,
            flags=re.DOTALL,
        )
    return page


def _marks(name: str) -> str:
    """Return a pattern for a block, with its marks."""
    return rf"(<!-- {name}: begin -->)(.*?)(<!-- {name}: end -->)"


def read(path: Path = FIGURES) -> dict[str, Any]:
    """Return figures as they were written."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def main() -> None:
    """Take over the figures of the parts that were measured in their long form."""
    measured, kept = read(OUTPUT), read()
    if measured["form"] != "long":
        raise SystemExit("The last soak was a short one")
    order = {part: kept["promises"].get(part) for part in TITLES}
    order |= measured.pop("promises")
    found = {part: each for part, each in order.items() if each is not None}
    content = {**measured, "promises": found}
    FIGURES.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(filled(page, content), encoding="utf-8")


if __name__ == "__main__":
    main()
