"""Faults: what they are called and how they strike."""

import pytest

from custom_components.realtime_pumpkin.rehearsal import (
    Close,
    Cut,
    Fault,
    FaultKind,
    Say,
    ServerOptions,
    Stall,
    parse_fault,
)

from .talk import Talk, errors

LONG = Say("One two three four five six seven eight nine ten.", duration_ms=10_000)
DELTA = "response.output_audio.delta"


def faulty(*faults: str, valid: bool = True) -> Talk:
    """Return a talk with faults and one long answer."""
    options = ServerOptions(faults=tuple(parse_fault(each) for each in faults))
    return Talk(LONG, options=options, valid=valid, heard=["hello"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("cut@2.5", Fault(FaultKind.CUT, at_s=2.5)),
        (
            "close=1011@response.output_audio.delta#3",
            Fault(FaultKind.CLOSE, "1011", event=DELTA, number=3),
        ),
        ("fail=insufficient_quota", Fault(FaultKind.FAIL, "insufficient_quota")),
        (
            "missing=response.usage@response.done",
            Fault(FaultKind.MISSING, "response.usage", event="response.done"),
        ),
    ],
)
def test_faults_are_written_in_one_line(text: str, fault: Fault) -> None:
    """`kind[=value][@when]`."""
    assert parse_fault(text) == fault


@pytest.mark.parametrize("text", ["", "explode", "cut@", "cut@soon!", "=1"])
def test_what_is_no_fault_is_refused(text: str) -> None:
    """With a list of what there is."""
    with pytest.raises(ValueError, match="known kinds"):
        parse_fault(text)


@pytest.mark.parametrize(
    "text", ["slow=0", "slow=fast", "close=99999", "expire=-1", "late_transcription=x"]
)
def test_a_value_that_is_no_fit_number_is_refused(text: str) -> None:
    """Before a session stumbles over it."""
    with pytest.raises(ValueError, match=r"value|float"):
        parse_fault(text)


@pytest.mark.parametrize(
    ("fault", "ending"),
    [
        ("cut@2.5", Cut()),
        ("stall@2.5", Stall()),
        ("close@2.5", Close(1011, "rehearsed fault")),
    ],
)
def test_a_connection_can_break_at_a_time(fault: str, ending: object) -> None:
    """After that nothing comes any more."""
    talk = faulty(fault)
    talk.pass_time(2.4)
    assert talk.endings() == []
    talk.pass_time(0.2)
    assert talk.endings() == [ending]
    assert talk.update() == []


def test_a_connection_can_break_in_the_middle_of_an_answer() -> None:
    """With the third delta exactly."""
    talk = faulty(f"cut@{DELTA}#3")
    talk.send("response.create")
    talk.finish()
    assert len(talk.events(DELTA)) == 3
    assert talk.endings() == [Cut()]
    assert talk.responses() == []


def test_unknown_events_come_in_between() -> None:
    """Of a type that no client can know."""
    talk = faulty("unknown@session.updated", valid=False)
    talk.update()
    assert talk.types()[-2:] == ["session.updated", "rehearsal.unknown"]


def test_an_error_can_come_out_of_nowhere() -> None:
    """Not answering anything of the client's."""
    talk = faulty("error=rate_limit_exceeded@session.updated")
    talk.update()
    assert errors(talk.events()) == [("rate_limit_exceeded", None)]


def test_a_field_can_be_missing_from_every_event_of_a_type() -> None:
    """Also deep inside."""
    talk = faulty(
        "missing=item_id@response.output_audio.delta",
        "missing=response.usage@response.done",
        valid=False,
    )
    response = talk.answer()
    assert all("item_id" not in event for event in talk.events(DELTA))
    assert "usage" not in response
    assert "id" in response


def test_audio_can_go_on_after_a_cancel() -> None:
    """One delta of the cancelled response comes behind its end."""
    talk = faulty("late_delta")
    response_id = talk.send("response.create")[0]["response"]["id"]
    talk.send("response.cancel")
    assert talk.types()[-2:] == ["response.done", DELTA]
    assert talk.last(DELTA)["response_id"] == response_id


def test_deltas_can_be_slower_than_real_time() -> None:
    """Ten seconds of audio take twenty."""
    talk = faulty("slow=0.5")
    talk.answer()
    done = next(e.at for e in talk.journal if e.type == "response.done")
    assert done == pytest.approx(20)


def test_every_response_can_fail() -> None:
    """With the code of the fault."""
    talk = faulty("fail=rate_limit_exceeded")
    error = talk.answer()["status_details"]["error"]
    assert error["code"] == "rate_limit_exceeded"


def test_a_session_can_expire_soon() -> None:
    """In as many seconds as the fault says."""
    talk = faulty("expire=3")
    talk.pass_time(3)
    assert errors(talk.events()) == [("session_expired", None)]


def test_transcripts_can_be_late() -> None:
    """So late that the answer is over."""
    talk = faulty("late_transcription=9000")
    talk.update(audio={"input": {"transcription": {"model": "gpt-transcribe"}}})
    talk.speak()
    talk.finish()
    late = "conversation.item.input_audio_transcription.completed"
    assert talk.types().index(late) > talk.types().index("response.done")


@pytest.mark.parametrize(
    ("fault", "code"),
    [("refuse", "invalid_api_key"), ("refuse=invalid_model", "invalid_model")],
)
def test_a_connection_can_be_refused(fault: str, code: str) -> None:
    """As if the key or the model were wrong."""
    talk = faulty(fault)
    assert errors(talk.events()) == [(code, None)]
    assert isinstance(talk.endings()[0], Close)
