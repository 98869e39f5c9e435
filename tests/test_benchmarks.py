"""Tests of what `script/bench` makes of what it measures; nothing is measured here."""

from importlib import import_module
import inspect
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from benchmarks import document, sections
from benchmarks.measures import Measure, quantile
from benchmarks.results import LATEST
from benchmarks.stamps import SIZE, Reader, read, stamped
from benchmarks.table import table
from benchmarks.transport import Rounds

LATEST_RESULTS: dict[str, Any] = (
    json.loads(LATEST.read_text(encoding="utf-8")) if LATEST.exists() else {}
)


def test_the_page_says_what_the_results_say() -> None:
    """Its tables are those of the file, and empty while there is none."""
    page = document.DOCUMENT.read_text(encoding="utf-8")
    if LATEST_RESULTS:
        assert document.block(LATEST_RESULTS) in page
    else:
        assert f"{document.BEGIN}\n\n{document.END}" in page


def test_the_results_judge_themselves_rightly() -> None:
    """Whether a goal is met follows from its value."""
    for name, one in LATEST_RESULTS.get("measures", {}).items():
        bound = one["bound"] or "at most"
        measure = Measure(name, one["value"], one["unit"], one["goal"], bound)
        assert measure.is_met == one["met"], name


def test_tables_that_are_there_already_are_replaced() -> None:
    """Nothing else on the page is touched."""
    results = {
        "machine": {"cpu": "a CPU", "cores": 2, "python": "3.14.8"},
        "packages": {"openai": "3.10.0"},
        "measures": {
            "delay": {"section": "one", **Measure("", 0.12345, "ms", 1).as_dict()},
            "voices": {
                "section": "two",
                **Measure("", 90, "", 100, "at least").as_dict(),
            },
            "use": {"section": "two", **Measure("", 3, "s").as_dict()},
        },
    }
    once = document.renewed(
        f"Above.\n\n{document.BEGIN}\nold\n{document.END}\n\nBelow.\n", results
    )
    assert once.startswith("Above.\n\n")
    assert once.endswith("\n\nBelow.\n")
    assert "old" not in once
    assert "| delay | 0.123 ms | ≤ 1 | met |" in once
    assert "| voices | 90 | ≥ 100 | **missed** |" in once
    assert "| use | 3 s |  |  |" in once
    assert document.renewed(once, results) == once


@pytest.mark.parametrize(
    ("measure", "is_met"),
    [
        (Measure("", 1.0, "ms", 1.0), True),
        (Measure("", 1.1, "ms", 1.0), False),
        (Measure("", 99, "", 100, "at least"), False),
        (Measure("", 100, "", 100, "at least"), True),
        (Measure("", 5, "s"), None),
    ],
)
def test_a_goal_is_met_on_its_own_side(measure: Measure, is_met: bool | None) -> None:
    """What is told for comparison has none."""
    assert measure.is_met is is_met


def test_a_run_is_told_beside_the_one_that_is_kept() -> None:
    """Whoever runs it twice sees how far they are apart."""
    lines = table({"one": [Measure("ratio", 0.5, "x", 0.4)]}, {"ratio": {"value": 0.4}})
    assert lines.splitlines()[-1].split() == (
        ["ratio", "0.5", "x", "at", "most", "0.4", "MISSED", "+25%"]
    )


def test_a_ratio_is_taken_within_each_round() -> None:
    """A round on a busy machine is slow for all; what feeding costs counts for nobody."""
    rounds = Rounds()
    rounds.cpu["feeding"] += [1, 2, 1]
    rounds.cpu["ours"] += [2, 4, 9]
    rounds.cpu["floor"] += [3, 6, 3]
    assert rounds.ratio("floor") == 0.5


def test_nothing_has_no_quantile() -> None:
    """It is said, where a number would be believed."""
    with pytest.raises(ValueError, match="nothing was measured"):
        quantile([], 0.5)


@pytest.mark.parametrize("name", sections.SECTIONS)
def test_a_section_can_be_measured(name: str) -> None:
    """Its module is there, and has what the command calls."""
    assert inspect.iscoroutinefunction(import_module(sections.SECTIONS[name]).measure)


@given(
    st.lists(st.binary(min_size=SIZE, max_size=200), max_size=8),
    st.lists(st.integers(1, 50), min_size=1),
)
def test_times_are_found_wherever_a_stream_is_cut(
    pieces: list[bytes], cuts: list[int]
) -> None:
    """Each stamp once and in order."""
    plain = [piece.replace(b"\x7f", b"\x00") for piece in pieces]
    marked = [stamped(piece) for piece in plain]
    stream, found, reader = b"".join(marked), [], Reader()
    while stream:
        cut = cuts[len(stream) % len(cuts)]
        found += reader.feed(stream[:cut])
        stream = stream[cut:]
    assert found == [read(piece) for piece in marked]
