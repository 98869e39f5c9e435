"""Tests of what the matrix declares: every cell, and the page that shows it."""

from pathlib import Path

from tests.faults.cell import Phase
from tests.faults.expected import EXPECTED
from tests.faults.faults import FAULTS
from tests.faults.table import BEGIN, END, markdown

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
LEAST_CELLS = 150


def test_every_cell_is_declared_or_says_why_it_is_none() -> None:
    """Faults by phases, without a gap."""
    declared = {name: set(row) for name, row in EXPECTED.items()}
    assert declared == {fault.name: set(Phase) - set(fault.exempt) for fault in FAULTS}
    assert len(declared) == len(FAULTS)
    assert all(len(why) > 20 for fault in FAULTS for why in fault.exempt.values())
    assert sum(map(len, declared.values())) >= LEAST_CELLS


def test_the_page_shows_what_the_matrix_declares() -> None:
    """`python -m tests.soak.matrix --write` writes it."""
    _, _, rest = PAGE.read_text().partition(BEGIN)
    shown, _, _ = rest.partition(END)
    assert shown.strip() == markdown(EXPECTED)
