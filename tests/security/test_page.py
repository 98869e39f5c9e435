"""Tests that the page on security says what is so."""

from pathlib import Path
import re
from typing import Final

import pytest

from custom_components.realtime_pumpkin.const import Transcripts
from tests.documents import read
from tests.metadata import ROOT as INTEGRATION, read_json

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "security.md"
LINK: Final = re.compile(r"\[`([^`]+)`\]\(\.\./(tests/[^)]+)\)")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    below = read(PAGE).partition(f"## {heading}\n")[2].partition("\n## ")[0]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table is not None
    lines = table.group().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", rows("The guards"), ids=lambda row: row[0])
def test_each_guard_names_tests_that_are_there(row: list[str]) -> None:
    """A file, or a function in it."""
    _, _, tests = row
    named = LINK.findall(tests)
    assert named
    for name, file in named:
        path = ROOT / file
        assert path.is_file(), file
        if name.startswith("test_") and not name.endswith(".py"):
            assert f"def {name}(" in path.read_text(encoding="utf-8")
        else:
            assert path.name == name


def test_the_modes_of_transcripts_are_those_of_the_form() -> None:
    """By their names there, with what each tells whom."""
    texts = read_json(INTEGRATION / "translations" / "en.json")
    names = texts["selector"]["transcripts"]["options"]
    shown = {row[0]: row[1:3] for row in rows("What is kept where, and for how long")}
    assert shown == {
        f"**{names[mode.value]}**": [
            "yes" if mode.in_events else "no",
            "yes" if mode.in_entities else "no",
        ]
        for mode in Transcripts
    }


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md", "docs/entities.md"])
def test_the_page_is_found(page: str) -> None:
    """From the first page, from GitHub's tab and from where words are told of."""
    assert "security.md" in read(ROOT / page)
