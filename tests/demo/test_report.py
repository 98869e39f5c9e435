"""The report says what happened, and that it is not well where it is not."""

import json
from pathlib import Path

import pytest

from demo.measure.events import HouseEvent, read_events
from demo.measure.recording import Recording, write_recording
from demo.measure.report import Check, Measurement, report, write_report

from .builders import (
    DOORBELL,
    EXPECTED,
    RATE,
    STARTED_AT,
    VOICE,
    Night,
    failed,
    state,
    wire,
)


def test_a_visit_as_it_must_be_is_ok() -> None:
    """Every check holds and every figure is the known one."""
    content = report(Night.as_it_must_be().measured())
    assert failed(content) == []
    assert content["ok"] is True
    assert content["doorbell_at_s"] == 2.0
    assert content["doorbell_to_first_sound_ms"] == 300.0
    assert content["response_gaps_ms"] == [600.0, 600.0]
    assert content["turns"] == 2
    assert content["finished_by"] == "finish_conversation"
    assert content["last_sound_to_end_ms"] == 200.0
    assert content["overlaps_ms"] == []
    assert content["events"]["assistant_transcript"] == 3


def test_an_empty_night_is_not_ok() -> None:
    """No bell, no sound, no events: figures are missing, not zero."""
    content = report(Night().measured())
    assert content["ok"] is False
    assert content["doorbell_at_s"] is None
    assert content["doorbell_to_first_sound_ms"] is None
    assert content["response_gaps_ms"] == []
    assert content["finished_by"] is None


def test_an_empty_recording_is_not_ok() -> None:
    """Events alone do not make a visit."""
    night = Night.as_it_must_be()
    recording = Recording(RATE, STARTED_AT, night.microphone[:0], night.speaker[:0])
    content = report(Measurement(recording, night.events, EXPECTED))
    assert content["ok"] is False
    assert content["turns"] == 0


@pytest.mark.parametrize(
    ("missing", "check"),
    [
        ("conversation_started", "one conversation started"),
        ("conversation_ended", "one conversation ended"),
        ("tool_called", "finish_conversation ended it"),
        ("user_transcript", "every line was heard"),
    ],
)
def test_a_missing_event_is_named(missing: str, check: str) -> None:
    """The sounds alone do not make a visit either."""
    content = report(Night.as_it_must_be().without(missing).measured())
    assert content["ok"] is False
    assert check in failed(content)


def test_without_a_doorbell_nothing_can_be_said_of_the_greeting() -> None:
    """The other entities' changes are no doorbell."""
    night = Night.as_it_must_be()
    night.events = [e for e in night.events if e.data.get("entity_id") != DOORBELL]
    content = report(night.measured())
    assert content["doorbell_to_first_sound_ms"] is None
    assert {"the doorbell rang", "the pumpkin greeted first"} <= set(failed(content))


def test_a_doorbell_that_becomes_known_does_not_ring() -> None:
    """Only a press counts, not a start of Home Assistant."""
    night = Night.as_it_must_be()
    night.events.insert(0, state(DOORBELL, 500, "unknown"))
    night.events.insert(1, state(DOORBELL, 900, "off", "on"))
    assert report(night.measured())["doorbell_at_s"] == 2.0


def test_a_sound_after_the_end_is_a_goodbye_cut_short() -> None:
    """The conversation must not be over while somebody still listens."""
    night = Night.as_it_must_be()
    night.pumpkin((15000, 15400))
    content = report(night.measured())
    assert failed(content) == ["ended when the goodbye had been heard"]


@pytest.mark.parametrize(("ended_ms", "ok"), [(16000, True), (16001, False)])
def test_the_end_must_come_within_a_second_of_the_last_sound(
    ended_ms: int, *, ok: bool
) -> None:
    """A second is enough, a millisecond more is not."""
    night = Night.as_it_must_be().without("conversation_ended")
    night.happens("conversation_ended", ended_ms, reason="finished")
    assert report(night.measured())["ok"] is ok


def test_an_error_spoils_the_visit() -> None:
    """Even where all else is well."""
    night = Night.as_it_must_be()
    night.happens("error", 9000, code="x", message="y")
    assert failed(report(night.measured())) == ["no error"]


def test_speaking_at_once_is_noticed() -> None:
    """The visitor speaks while the pumpkin does."""
    night = Night.as_it_must_be()
    night.pumpkin((4700, 5300))
    content = report(night.measured())
    assert "nobody spoke at once" in failed(content)
    assert content["overlaps_ms"] == [300.0]


def test_a_visitor_who_speaks_before_the_greeting_was_not_greeted() -> None:
    """The pumpkin opens the conversation."""
    night = Night.as_it_must_be()
    night.visitor((2050, 2200))
    assert "the pumpkin greeted first" in failed(report(night.measured()))


def test_a_second_conversation_is_one_too_many() -> None:
    """One bell, one conversation."""
    night = Night.as_it_must_be()
    night.happens("conversation_started", 16000)
    assert failed(report(night.measured())) == ["one conversation started"]


def test_a_voice_that_does_not_rest_is_noticed() -> None:
    """The last state counts."""
    night = Night.as_it_must_be()
    night.events.append(state(VOICE, 16000, "listening", "idle"))
    assert failed(report(night.measured())) == ["the voice rests"]


def test_without_the_tool_the_reason_of_the_end_is_reported() -> None:
    """A limit, a user or an error ended it."""
    night = Night.as_it_must_be().without("finished").without("conversation_ended")
    night.happens("conversation_ended", 15200, reason="silence")
    assert report(night.measured())["finished_by"] == "silence"


def test_a_check_of_something_else_counts_too() -> None:
    """What is not in the recording can spoil the visit as well."""
    more = [Check("the log is clean", ok=False, seen="1 line")]
    content = report(Night.as_it_must_be().measured(), more)
    assert failed(content) == ["the log is clean"]
    assert content["ok"] is False


def test_the_files_alone_give_the_same_report(tmp_path: Path) -> None:
    """Nothing but `visit.wav` and `events.jsonl` is needed."""
    seen = Night.as_it_must_be().measured()
    write_recording(tmp_path / "visit.wav", seen.recording)
    lines = [json.dumps(wire(event)) for event in seen.events]
    (tmp_path / "events.jsonl").write_text("\n".join(lines) + "\n")
    write_report(tmp_path / "report.json", report(seen))
    again = report(Measurement.of_folder(tmp_path, EXPECTED))
    assert json.loads((tmp_path / "report.json").read_text()) == again


def test_home_assistants_times_are_read_with_their_zone(tmp_path: Path) -> None:
    """An event's time is the same moment in every zone."""
    event = wire(HouseEvent("realtime_pumpkin_error", 0.0, {}))
    event["time_fired"] = "2026-10-31T19:00:00.250000+01:00"
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\n\n")
    (read,) = read_events(tmp_path / "events.jsonl")
    assert read.name == "error"
    assert read.at == 1793469600.25
