"""Words find the sounds that they belong to."""

from pathlib import Path

import pytest

from demo.measure.conversation import Who, pauses, speeches
from demo.measure.report import report
from demo.timeline import draw
from demo.transcript import write_transcript
from demo.visit import load

from .builders import Night


def test_speeches_alternate_and_have_their_words() -> None:
    """Transcripts of the pumpkin come before the end of what is heard."""
    talk = speeches(Night.as_it_must_be().measured())
    assert [(s.who, s.text) for s in talk] == [
        (Who.PUMPKIN, "Good evening."),
        (Who.VISITOR, "trick or treat"),
        (Who.PUMPKIN, "A riddle!"),
        (Who.VISITOR, "a skeleton"),
        (Who.PUMPKIN, "Good night."),
    ]


def test_pauses_are_counted_from_the_doorbell_and_from_the_others_end() -> None:
    """Each speech knows the silence before it."""
    talk = speeches(Night.as_it_must_be().measured())
    assert [s.pause_ms for s in talk] == pytest.approx([300, 1000, 600, 1000, 600])
    assert next(pauses(talk)) == pytest.approx((4.0, 5.0))


def test_two_sentences_with_a_long_pause_are_one_speech() -> None:
    """Who speaks on without an answer goes on."""
    night = Night()
    night.pumpkin((1000, 2000), (4000, 5000))
    night.happens("assistant_transcript", 900, text="Boo!")
    night.happens("assistant_transcript", 3900, text="Boo again!")
    (speech,) = speeches(night.measured())
    assert speech.text == "Boo! Boo again!"
    assert (speech.span.start_s, speech.span.end_s) == (1.0, 5.0)


def test_words_that_come_after_the_last_sound_belong_to_it() -> None:
    """A slow transcript is not lost."""
    night = Night()
    night.pumpkin((1000, 2000))
    night.happens("assistant_transcript", 2500, text="Late.")
    assert speeches(night.measured())[0].text == "Late."


def test_words_without_a_sound_belong_to_nobody() -> None:
    """A silent night has no speech."""
    night = Night()
    night.happens("assistant_transcript", 500, text="Unheard.")
    night.happens("user_transcript", 500, text="Unsaid.")
    assert speeches(night.measured()) == []


def test_the_transcript_shows_what_was_said_and_what_was_heard(tmp_path: Path) -> None:
    """The page has the talk in order, and the figures."""
    seen = Night.as_it_must_be().measured()
    script = load("trick_or_treat")
    path = tmp_path / "transcript.md"
    write_transcript(path, script, seen, speeches(seen), report(seen))
    text = path.read_text()
    assert f"{script.lines[0].text} *(heard: trick or treat)*" in text
    assert text.index("Good evening.") < text.index("A riddle!")
    assert "Doorbell to first sound: 300.0 ms" in text


def test_the_transcript_shows_the_interruption_and_the_tool(tmp_path: Path) -> None:
    """Between the words, where they happened."""
    seen = Night.interrupted().measured()
    path = tmp_path / "transcript.md"
    write_transcript(path, load("trick_or_treat"), seen, speeches(seen), report(seen))
    rows = path.read_text().splitlines()
    cut = "| 8.6 s |  | | *The pumpkin is interrupted: silent 640 ms after"
    (interrupted,) = (i for i, row in enumerate(rows) if row.startswith(cut))
    (called,) = (i for i, row in enumerate(rows) if "`fog_machine`" in row)
    (answered,) = (i for i, row in enumerate(rows) if "Good night." in row)
    assert interrupted < called < answered
    assert "- Interrupted to silence: 640.0 ms" in rows
    assert "- Calls of the house's tools: 1" in rows


def test_who_interrupts_has_no_pause_before_them(tmp_path: Path) -> None:
    """A pause is never less than nothing."""
    seen = Night.interrupted().measured()
    path = tmp_path / "transcript.md"
    write_transcript(path, load("trick_or_treat"), seen, speeches(seen), report(seen))
    assert "| -" not in path.read_text().partition("The doorbell rings")[2]


@pytest.mark.parametrize(
    "night", [Night.as_it_must_be(), Night.interrupted(), Night(seconds=0.1)]
)
def test_the_timeline_can_be_drawn_of_any_night(tmp_path: Path, night: Night) -> None:
    """Also where nothing happened at all, and narrow as on the first page."""
    seen = night.measured()
    draw(tmp_path / "timeline.png", seen, speeches(seen), "Child")
    draw(tmp_path / "timeline.png", seen, speeches(seen), "Child", inches=11.2)
    assert (tmp_path / "timeline.png").read_bytes().startswith(b"\x89PNG")
