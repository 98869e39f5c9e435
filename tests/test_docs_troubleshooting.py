"""Tests that the page for troubleshooting quotes what users really read."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

REPOSITORY: Final = Path(__file__).parents[1]
PAGE: Final = REPOSITORY / "docs" / "troubleshooting.md"
TEXTS: Final[dict[str, Any]] = json.loads(
    (REPOSITORY / "custom_components/realtime_pumpkin/translations/en.json").read_text(
        encoding="utf-8"
    )
)
# Home Assistant's own words.
FRONTEND: Final = {"Settings", "Repairs", "System", "Network", "Known issues"} | {
    "Reconfigure",
}


def rows() -> list[list[str]]:
    """Return symptom, cause and fix of each row."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| ")
    ]
    return [row for row in cells if row[0] not in ("symptom", "---")]


def quotes() -> list[str]:
    """Return every message that the page quotes."""
    return [quote for row in rows() for quote in re.findall('"(.+?)"', row[0])]


def strings(value: Any) -> Iterator[str]:
    """Yield every string below a value."""
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values():
            yield from strings(inner)


def is_said(quote: str) -> bool:
    """Tell whether a failure's text has a quote in it; dots stand for its values."""
    return any(
        quote in re.sub(r"\{\w+\}", "…", each["message"])
        for each in TEXTS["exceptions"].values()
    )


def test_every_row_has_a_symptom_a_cause_and_a_fix() -> None:
    """No cell is empty."""
    assert len(rows()) > 25
    assert [row for row in rows() if len(row) != 3 or not all(row)] == []


@pytest.mark.parametrize("quote", quotes())
def test_a_quoted_message_is_one_of_ours(quote: str) -> None:
    """Users find on the page what they read on their screen."""
    assert is_said(quote)


def test_a_message_of_nobody_would_be_seen() -> None:
    """The comparison is not so loose that anything passes."""
    assert not is_said("The pumpkin has rotted")


def test_what_is_bold_is_a_label() -> None:
    """Users find the fields, switches and buttons that the page names."""
    bold = set(re.findall(r"\*\*(.+?)\*\*", PAGE.read_text(encoding="utf-8")))
    assert bold - FRONTEND - set(strings(TEXTS)) == set()
