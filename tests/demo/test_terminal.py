"""The terminal tells the same with and without colours."""

from io import StringIO

import pytest

from demo.__main__ import main
from demo.measure.events import HouseEvent
from demo.narrator import Narrator
from demo.porch.ears import Heard
from demo.terminal import Terminal
from demo.visit import Line


class FakeEars:
    """Ears that have heard what the test says."""

    def __init__(self) -> None:
        """Hear nothing yet, a second after the recording's start."""
        self.heard = Heard(now_ms=1000)


def event(name: str, **data: str) -> HouseEvent:
    """Return a conversation event."""
    return HouseEvent(f"realtime_pumpkin_{name}", 0.0, data)


def narrator() -> tuple[Narrator, FakeEars, StringIO]:
    """Return a narrator who writes into a string."""
    out, ears = StringIO(), FakeEars()
    return Narrator(Terminal(out), ears, "Child"), ears, out  # type: ignore[arg-type]


def test_a_file_gets_no_colours() -> None:
    """A log stays readable."""
    out = StringIO()
    Terminal(out).line("Boo", "title")
    assert out.getvalue() == "Boo\n"


def test_a_step_tells_its_name_and_seconds() -> None:
    """Also whether it was done."""
    out = StringIO()
    with Terminal(out).step("Home Assistant"):
        pass
    assert out.getvalue().split() == ["ok", "Home", "Assistant", "0.0", "s"]


def test_a_step_that_fails_says_so_and_raises() -> None:
    """The reason comes from whoever catches it."""
    out = StringIO()
    with pytest.raises(ZeroDivisionError), Terminal(out).step("Home Assistant"):
        raise ZeroDivisionError
    assert "failed  Home Assistant" in out.getvalue()


def test_long_words_are_wrapped_below_each_other() -> None:
    """A riddle is longer than a line."""
    out = StringIO()
    Terminal(out).said(1.0, "Pumpkin", "word " * 30, "after 5 ms", "pumpkin")
    lines = out.getvalue().splitlines()
    assert len(lines) > 3
    assert max(len(line) for line in lines) <= 80
    assert lines[-1].strip() == "after 5 ms"


def test_words_are_told_when_they_are_heard() -> None:
    """A transcript comes before its sound; the pause is that of the sound."""
    told, _, out = narrator()
    told.take(event("assistant_transcript", text="Good evening."))
    assert out.getvalue() == ""
    told.heard_sound(1300)
    assert "0.3 s  Pumpkin     Good evening." in out.getvalue()
    assert "after 300 ms" in out.getvalue()


def test_more_words_of_the_same_answer_have_no_pause() -> None:
    """Only the first ones come after a silence."""
    told, _, out = narrator()
    told.heard_sound(1300)
    told.take(event("assistant_transcript", text="One."))
    told.take(event("assistant_transcript", text="Two."))
    assert out.getvalue().count("after") == 1


def test_a_pause_is_counted_from_the_end_of_the_visitors_line() -> None:
    """Not from its beginning."""
    told, _, out = narrator()
    told.visitor_says(Line("Trick or treat!", 500), 512)
    told.visitor_said(3000)
    told.heard_sound(3456)
    told.take(event("assistant_transcript", text="A riddle!"))
    assert "Trick or treat!" in out.getvalue()
    assert "after 512 ms of silence" in out.getvalue()
    assert "after 456 ms" in out.getvalue()


def test_words_that_were_never_heard_are_told_at_the_end() -> None:
    """A mute speaker is seen on the terminal."""
    told, _, out = narrator()
    told.take(event("assistant_transcript", text="Unheard."))
    told.take(event("conversation_ended", reason="error"))
    assert "Unheard." in out.getvalue()


@pytest.mark.parametrize("argument", ["--speaker=gramophone", "--visit=nobody"])
def test_what_there_is_not_cannot_be_asked_for(
    argument: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line says what there is."""
    monkeypatch.setattr("sys.argv", ["demo", argument])
    with pytest.raises(SystemExit):
        main()
    assert "choose from" in capsys.readouterr().err


def test_openai_without_a_key_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Nothing is started for nothing."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    folder = tmp_path_factory.mktemp("output")
    monkeypatch.setattr("sys.argv", ["demo", "--openai", "--output", str(folder)])
    assert main() == 1
    assert "OPENAI_API_KEY=… script/demo --openai" in capsys.readouterr().out
    assert list(folder.iterdir()) == []
