"""The demo, as a new user runs it."""

import json

from demo.measure.events import read_events, states
from demo.measure.report import Expectation, Measurement, report

from .conftest import KeptDemo


def test_the_visit_happens_as_it_must(kept_demo: KeptDemo) -> None:
    """Exit status 0, after a Ctrl-C that ended what was kept."""
    assert kept_demo.status == 0, kept_demo.printed
    assert "The visit happened as it must" in kept_demo.printed


def test_every_file_is_there(kept_demo: KeptDemo) -> None:
    """Under the folder that the terminal names."""
    for name in ("visit.wav", "transcript.md", "events.jsonl", "timeline.png"):
        assert (kept_demo.folder / name).stat().st_size > 0


def test_the_report_can_be_computed_again_from_the_files(kept_demo: KeptDemo) -> None:
    """Nothing but `visit.wav` and `events.jsonl` is behind the figures."""
    written = json.loads((kept_demo.folder / "report.json").read_text())
    expected = Expectation(**written["rig"]["expected"])
    again = report(Measurement.of_folder(kept_demo.folder, expected))
    figures = again.keys() - {"checks"}
    assert {key: again[key] for key in figures} == {
        key: written[key] for key in figures
    }


def test_the_talk_is_on_the_terminal(kept_demo: KeptDemo) -> None:
    """Every answer was told live, and they are all that the transcript's table has."""
    told = " ".join(kept_demo.printed.split())
    answers = [
        event.text
        for event in read_events(kept_demo.folder / "events.jsonl")
        if event.name == "assistant_transcript"
    ]
    assert len(answers) == 5
    assert all(answer in told for answer in answers)
    page = (kept_demo.folder / "transcript.md").read_text()
    rows = [line.split("|") for line in page.splitlines() if "**Pumpkin**" in line]
    assert len(rows) == 4
    assert " ".join(row[4].strip() for row in rows) == " ".join(answers)


def test_the_visit_has_an_interruption_and_a_house_tool(kept_demo: KeptDemo) -> None:
    """The child speaks into the riddle; the fog machine runs, as Home Assistant says."""
    content = json.loads((kept_demo.folder / "report.json").read_text())
    assert (content["interruptions"], content["tool_calls"]) == (1, 1)
    events = read_events(kept_demo.folder / "events.jsonl")
    assert [state for _, state in states(events, "input_boolean.fog_machine")] == ["on"]


def test_kept_means_that_the_house_can_be_entered(kept_demo: KeptDemo) -> None:
    """The address answers; user and password are printed."""
    assert kept_demo.answered == 200
    assert "user porch" in kept_demo.printed
    assert "password trick-or-treat" in kept_demo.printed


def test_nothing_outlives_the_demo(kept_demo: KeptDemo) -> None:
    """No child is left, nor a child of a child."""
    assert kept_demo.left == []
