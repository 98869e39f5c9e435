"""The play that a rehearsal gives, and the clips that it is heard with."""

from collections.abc import Sequence

import pytest

from custom_components.realtime_pumpkin.realtime.finish import (
    FINISH_SPEC,
    FINISH_TOOL,
    GOODBYE,
    STILL_THERE,
)
from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Item,
    Part,
    Plan,
    Reason,
    ResponseRequest,
    Say,
    play,
)
from custom_components.realtime_pumpkin.rehearsal.clips import (
    FOLDER,
    Clips,
    clip_name,
    play_sentences,
)
from custom_components.realtime_pumpkin.rehearsal.play import ACTS, PlayBrain

MOST_BYTES = 1_000_000


def message(role: str, text: str) -> Item:
    """Return something that was said or directed."""
    return Item("item", "message", role=role, parts=[Part("text", text=text)])


def asked(*items: Item, news: int = 1, tools: Sequence[object] = ()) -> Plan:
    """Return the plan for a conversation whose last items are news."""
    return PlayBrain().plan(
        ResponseRequest(
            Reason.CREATE,
            "You are a pumpkin.",
            tools=tools,  # type: ignore[arg-type]
            history=items,
            news=items[len(items) - news :],
        )
    )


def said(plan: Plan) -> str:
    """Return the words of a plan."""
    return " ".join(each.text for each in plan.outputs if isinstance(each, Say))


VISITOR = message("user", play.NOT_UNDERSTOOD)
GREETING = message("assistant", play.GREETINGS[0])


def test_it_opens_with_a_greeting_and_a_riddle() -> None:
    """The first answer starts the play."""
    plan = asked(message("system", "Somebody has just come to the door."))
    assert said(plan) == f"{play.GREETINGS[0]} {ACTS[0].riddle}"


def test_whatever_is_answered_gets_the_solution_and_the_next_riddle() -> None:
    """No word is recognized, and none has to be."""
    plan = asked(GREETING, VISITOR)
    assert said(plan) == f"{ACTS[0].solution} {ACTS[1].riddle}"


def test_the_last_answer_says_goodbye_and_finishes() -> None:
    """After two interactions the finish tool is called with the goodbye."""
    plan = asked(GREETING, VISITOR, GREETING, VISITOR, tools=[FINISH_SPEC])
    assert said(plan) == f"{ACTS[1].solution} {play.FAREWELLS[0]}"
    call = plan.outputs[-1]
    assert isinstance(call, Call)
    assert call.name == FINISH_TOOL


def test_without_a_finish_tool_it_only_says_goodbye() -> None:
    """A tool that the session does not have is not called."""
    plan = asked(GREETING, VISITOR, GREETING, VISITOR)
    assert not [each for each in plan.outputs if isinstance(each, Call)]


@pytest.mark.parametrize(
    ("direction", "line"),
    [
        (GOODBYE, play.FAREWELLS[0]),
        (STILL_THERE, play.STILL_THERE),
        ("Somebody else is at the door as well.", play.SOMEBODY_ELSE),
        ("Start your answer with an evil laugh", play.LAUGH),
        ("Wave your arms.", play.OBEDIENCE),
    ],
)
def test_stage_directions_are_followed(direction: str, line: str) -> None:
    """The integration's own directions and those of the article have a line."""
    assert said(asked(GREETING, message("system", direction))) == line


def test_a_laugh_comes_before_the_answer() -> None:
    """An injected direction changes the answer that follows."""
    laugh = message("system", "Start your answer with an evil laugh")
    plan = asked(GREETING, laugh, VISITOR, news=2)
    assert said(plan).startswith(play.LAUGH)
    assert ACTS[0].solution in said(plan)


def test_another_night_has_another_greeting() -> None:
    """Who rehearses twice hears something new."""
    request = ResponseRequest(Reason.CREATE, "")
    lines = {said(PlayBrain(night).plan(request)) for night in range(2)}
    assert len(lines) == 2


def test_every_sentence_has_its_clip_and_no_clip_is_left_over() -> None:
    """A changed line needs `python -m demo.clips`."""
    wanted = {clip_name(sentence) for sentence in play_sentences()}
    assert {file.name for file in FOLDER.iterdir()} == wanted
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES


def test_a_clip_lasts_as_long_as_speech_does() -> None:
    """No clip is empty, and none has more than it should."""
    clips = Clips()
    for sentence in play_sentences():
        sound = clips.sound(sentence)
        assert sound is not None
        seconds = len(sound) / 48_000
        assert 0.03 < seconds / len(sentence) < 0.2, sentence


def test_a_sentence_that_is_not_in_the_play_has_no_sound() -> None:
    """The server tells of it as of a voice that failed."""
    assert Clips().sound("Boo!") is None
