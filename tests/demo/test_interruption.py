"""An interruption is measured at the speaker, and judged."""

import pytest

from demo.measure.report import report

from .builders import FOG, Night, failed, state


def test_an_interrupted_visit_is_ok() -> None:
    """Both counts and both figures are the known ones."""
    content = report(Night.interrupted().measured())
    assert failed(content) == []
    assert content["interruptions"] == 1
    assert content["interruption_to_silence_ms"] == [640.0]
    assert content["speech_started_to_silence_ms"] == [440.0]
    assert content["interrupted_to_silence_ms"] == [40.0]
    assert content["tool_calls"] == 1


def test_a_visit_without_either_counts_none() -> None:
    """The tool that ends the conversation is none of the house's."""
    content = report(Night.as_it_must_be().measured())
    assert (content["interruptions"], content["tool_calls"]) == (0, 0)
    assert content["interruption_to_silence_ms"] == []


def test_speech_may_be_told_of_just_after_what_it_interrupted() -> None:
    """Where every sound counts, falling silent comes before telling."""
    night = Night.interrupted().without("speech_started")
    night.happens("speech_started", 10601)
    content = report(night.measured())
    assert content["speech_started_to_silence_ms"] == [39.0]


def test_a_pumpkin_that_cannot_be_interrupted_is_noticed() -> None:
    """Speaking at once is no interruption of which the house knows nothing."""
    content = report(Night.interrupted().without("interrupted").measured())
    assert failed(content) == ["nobody spoke at once", "the visitor interrupted"]


@pytest.mark.parametrize(("silent_ms", "ok"), [(11500, True), (11510, False)])
def test_an_interrupted_pumpkin_may_not_go_on(silent_ms: int, *, ok: bool) -> None:
    """A second and a half is the most, however long the visitor speaks."""
    night = Night.interrupted()
    night.pumpkin((10640, silent_ms))
    night.speaker[silent_ms * 24 : 12_300 * 24] = 0
    night.visitor((11000, 11600))
    seen = report(night.measured())
    assert ("the pumpkin let itself be interrupted" not in failed(seen)) is ok


def test_an_interruption_that_nobody_wanted_is_noticed() -> None:
    """A visitor who waits for the end is never taken to interrupt."""
    night = Night.as_it_must_be()
    night.happens("interrupted", 10600, response_id="resp_2", heard_ms=4000)
    assert failed(report(night.measured())) == ["the visitor interrupted"]


def test_an_interruption_without_a_sound_has_no_figure() -> None:
    """What was silent already did not fall silent."""
    night = Night.interrupted()
    night.speaker[9000 * 24 : 11000 * 24] = 0
    content = report(night.measured())
    assert content["interruption_to_silence_ms"] == [None]
    assert "the pumpkin let itself be interrupted" in failed(content)


def test_another_speech_of_the_visitor_is_still_a_clash() -> None:
    """One interruption does not excuse speaking at once elsewhere."""
    night = Night.interrupted()
    night.pumpkin((5500, 6600))
    assert "nobody spoke at once" in failed(report(night.measured()))


def test_fog_that_was_promised_must_be_there() -> None:
    """The call alone does not switch anything on."""
    night = Night.interrupted()
    night.events = [e for e in night.events if e.data.get("entity_id") != FOG]
    assert failed(report(night.measured())) == ["fog machine was switched on"]


def test_fog_that_went_off_again_is_not_on() -> None:
    """The last state counts."""
    night = Night.interrupted()
    night.events.append(state(FOG, 12000, "off", "on"))
    assert failed(report(night.measured())) == ["fog machine was switched on"]


def test_a_tool_that_was_not_called_is_noticed() -> None:
    """Somebody else switched the fog on."""
    night = Night.interrupted()
    night.events = [e for e in night.events if e.data.get("name") != "fog_machine"]
    assert failed(report(night.measured())) == ["the pumpkin worked in the house"]
