"""The character at the door: what it understands, says and does."""

from typing import Any

import pytest

from custom_components.realtime_pumpkin.realtime.connecting import GO_ON
from custom_components.realtime_pumpkin.rehearsal import Call, Reason, Say
from custom_components.realtime_pumpkin.rehearsal.sentences import sentences
from demo.realtime_server.brain import PERSONAS, FinishStyle, repertoire
from demo.realtime_server.brain.directions import turns_until_goodbye
from demo.realtime_server.brain.personas import BUTLER, JACK, persona_for
from demo.realtime_server.brain.riddles import RIDDLES
from demo.realtime_server.brain.understanding import Meaning, understand

from .visit import FINISH, INSTRUCTIONS, LIGHT, Visit, calls, said


def test_a_whole_visit_ends_with_goodbye_and_the_tool() -> None:
    """Greeting and riddle, treat, right answer with goodbye and call."""
    visit = Visit()
    opening = said(visit.plan())
    assert JACK.greetings[0] in opening
    assert RIDDLES[0].question in opening
    treat = visit.hear("trick or treat")
    assert JACK.treat in treat
    assert RIDDLES[0].question in treat
    visit.add("user", "is it a skeleton")
    plan = visit.plan()
    assert any(line in said(plan) for line in JACK.right)
    assert JACK.farewell in said(plan)
    assert calls(plan) == ["finish_conversation"]
    assert isinstance(plan.outputs[0], Say)


@pytest.mark.parametrize(
    ("style", "kinds"),
    [
        (FinishStyle.WITH, [Say, Call]),
        (FinishStyle.BEFORE, [Call, Say]),
        (FinishStyle.ALONE, [Call]),
    ],
)
def test_the_call_stands_where_it_should(style: FinishStyle, kinds: list[type]) -> None:
    """Behind the goodbye, before it, or alone."""
    visit = Visit(finish=style)
    visit.plan()
    visit.add("user", "goodbye")
    assert [type(output) for output in visit.plan().outputs] == kinds


def test_a_goodbye_that_was_not_said_answers_the_tool() -> None:
    """With the call alone, its output brings the farewell."""
    visit = Visit(finish=FinishStyle.ALONE)
    visit.plan()
    visit.add("user", "goodbye")
    call = visit.plan()
    visit.returned(f"call_{visit._items.index(visit._items[-1])}", "{}")
    assert calls(call) == ["finish_conversation"]
    assert said(visit.plan()) == JACK.farewell


def test_a_goodbye_is_not_said_twice() -> None:
    """After the call that stood with it there is one word left."""
    visit = Visit()
    visit.plan()
    visit.add("user", "goodbye")
    visit.plan()
    visit.returned(f"call_{len(visit._items) - 1}", "{}")
    assert said(visit.plan()) == "Goodbye!"


def test_whoever_speaks_first_is_greeted() -> None:
    """And asked the riddle, before any treat."""
    answer = Visit().hear("trick or treat")
    assert JACK.greetings[0] in answer
    assert RIDDLES[0].question in answer


def test_a_treat_is_there_for_those_who_earned_it() -> None:
    """Once the riddle is solved."""
    visit = Visit(INSTRUCTIONS.replace("two", "nine"))
    visit.plan()
    visit.hear("a skeleton")
    assert "You may take your treat now." in visit.hear("trick or treat")


def test_a_wrong_answer_brings_a_hint_and_another_try() -> None:
    """The riddle goes on."""
    visit = Visit(INSTRUCTIONS.replace("two", "nine"))
    visit.plan()
    answer = visit.hear("is it a vampire")
    assert any(line in answer for line in JACK.wrong)
    assert RIDDLES[0].hint in answer
    answer = visit.hear("a skeleton")
    assert any(line in answer for line in JACK.right)


def test_a_visitor_who_knows_the_riddle_may_interrupt() -> None:
    """Half of the question is enough to answer it."""
    visit = Visit()
    visit.plan()
    greeting = visit._items[0].parts[0]
    cut = RIDDLES[0].question.rpartition(" What")[0]
    greeting.heard = f"{JACK.greetings[0]} {JACK.before_riddle} {cut}"
    answer = visit.hear("a skeleton")
    assert any(line in answer for line in JACK.right)


def test_the_next_riddle_is_another_one() -> None:
    """Once solved, asking for more brings the second."""
    visit = Visit("You are a pumpkin and tell riddles.")
    visit.plan()
    visit.hear("a skeleton")
    assert RIDDLES[1].question in visit.hear("another one please")


def test_a_visit_that_ends_unsolved_tells_the_answer() -> None:
    """Nobody goes home without knowing."""
    visit = Visit()
    visit.plan()
    visit.hear("is it a bat")
    assert "The answer is a skeleton." in visit.hear("is it a cat")


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("trick or treat", Meaning.TREAT),
        ("it's a skeleton!", Meaning.RIGHT),
        ("maybe a spoon", Meaning.GUESS),
        ("i am a witch", Meaning.COSTUME),
        ("who are you", Meaning.WHO),
        ("tell me a joke", Meaning.JOKE),
        ("i don't know", Meaning.GIVES_UP),
        ("bye bye", Meaning.GOODBYE),
        ("can you laugh", Meaning.LAUGH),
        ("hello there", Meaning.GREETING),
        ("zorgle blah", Meaning.GUESS),
        ("", Meaning.NOTHING),
    ],
)
def test_meanings_are_found_in_what_was_heard(words: str, meaning: Meaning) -> None:
    """While a riddle is open."""
    assert understand(words, RIDDLES[0]).meaning is meaning


def test_unknown_words_are_tolerated() -> None:
    """Without a riddle they are small talk."""
    visit = Visit("You are a pumpkin.")
    visit.plan()
    assert visit.hear("zorgle blah") in JACK.small_talk


def test_what_was_not_understood_is_asked_again() -> None:
    """A sound without words."""
    visit = Visit()
    visit.plan()
    assert visit.hear("") in JACK.not_understood


def test_an_injected_laugh_begins_the_answer() -> None:
    """And only the next one."""
    visit = Visit(INSTRUCTIONS.replace("two", "nine"))
    visit.plan()
    visit.add("system", "Start your answer with an evil laugh")
    assert visit.hear("trick or treat").startswith("Mwah ha ha ha!")
    assert "Mwah" not in visit.hear("trick or treat")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("The doorbell rang again: somebody else is at the door.", JACK.somebody_else),
        (
            "Nobody has answered for a while. Ask whether they are still there.",
            JACK.still_there,
        ),
        ("Say goodbye now, in character, in one short sentence.", JACK.farewell),
    ],
)
def test_system_messages_are_obeyed(message: str, line: str) -> None:
    """Without anybody having spoken."""
    visit = Visit()
    visit.plan()
    visit.add("system", message)
    assert said(visit.plan()) == line


@pytest.mark.parametrize(
    "direction",
    [
        'Say exactly: "Boo to you."',
        "Open the conversation now by saying, in character: Boo to you.",
        "Greet the visitor with “Boo to you.” and nothing else",
    ],
)
def test_an_opening_line_is_said(direction: str) -> None:
    """As a system message or as the response's own instructions."""
    visit = Visit()
    visit.add("system", direction)
    assert said(visit.plan()).startswith("Boo to you.")
    own = Visit().plan(overrides={"instructions": direction})
    assert said(own).startswith("Boo to you.")


def test_an_answer_that_broke_off_is_said_to_its_end() -> None:
    """From the next word on, however often it breaks off."""
    visit = Visit()
    visit.add("assistant", f"{JACK.greetings[0]}")
    visit.add("assistant", "Here is")
    visit.add("system", GO_ON)
    rest = f"{JACK.before_riddle} {RIDDLES[0].question}".removeprefix("Here is ")
    assert said(visit.plan()) == rest


def test_a_riddle_that_broke_off_and_went_on_has_been_asked() -> None:
    """Its halves stand in two items of the new session."""
    visit = Visit()
    half = len(RIDDLES[0].question) // 3
    visit.add("assistant", f"{JACK.greetings[0]} {RIDDLES[0].question[:half].strip()}")
    visit.add("assistant", RIDDLES[0].question[half:].strip())
    assert JACK.treat in visit.hear("trick or treat")


def test_a_goodbye_that_broke_off_still_ends_the_visit() -> None:
    """The call that stood behind the words is made."""
    visit = Visit()
    visit.plan()
    visit.add("user", "goodbye")
    whole = f"The answer is {RIDDLES[0].solution}. {JACK.farewell}"
    visit.add("assistant", whole.removesuffix(" Goodbye!"))
    visit.add("system", GO_ON)
    plan = visit.plan()
    assert said(plan) == "Goodbye!"
    assert calls(plan) == ["finish_conversation"]


def test_a_second_visitor_is_mentioned_in_the_answer_to_the_first() -> None:
    """A message that asks for no answer of its own waits for the next one."""
    visit = Visit()
    visit.plan()
    visit.add(
        "system", "The doorbell rang again: somebody else is at the door as well."
    )
    answer = visit.hear("trick or treat")
    assert answer.startswith(JACK.somebody_else)
    assert JACK.treat in answer


def test_rules_are_no_orders() -> None:
    """A response's instructions may repeat the session's: nobody leaves for that."""
    plan = Visit().plan(overrides={"instructions": INSTRUCTIONS})
    assert JACK.farewell not in said(plan)
    assert calls(plan) == []


def test_other_system_messages_change_nothing() -> None:
    """Languages, names and the weather."""
    visit, plain = Visit(), Visit()
    visit.add("system", "The visitor speaks German. It is raining. Ben rang the bell.")
    assert said(visit.plan()) == said(plain.plan())


def test_silence_is_asked_about() -> None:
    """After an idle timeout."""
    visit = Visit()
    visit.plan()
    assert said(visit.plan(reason=Reason.TIMEOUT)) == JACK.still_there


def test_a_tool_is_called_when_it_is_what_was_asked_for() -> None:
    """By the words of its name and description; its enum from what was said."""
    visit = Visit(tools=(FINISH, LIGHT))
    visit.plan()
    visit.add("user", "please turn off the light")
    plan = visit.plan()
    assert plan.outputs[-1] == Call("set_porch_light", {"state": "off"})
    assert said(plan) == JACK.yes_master


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ('{"success": true}', "It is done."),
        ('{"error": "no bulb"}', "I am sorry, that did not work."),
        ('"It is nine degrees outside"', "It is nine degrees outside."),
        ("", "It is done."),
    ],
)
def test_the_outcome_of_a_tool_is_told(output: str, line: str) -> None:
    """Good, bad, or in its own words."""
    visit = Visit(tools=(LIGHT,))
    visit.add("user", "turn on the light")
    visit.plan()
    visit.returned("call_2", output)
    assert said(visit.plan()) == line


def test_the_choice_of_tools_is_kept() -> None:
    """None forbids, required and a name demand."""
    visit = Visit(tools=(FINISH, LIGHT))
    visit.add("user", "turn on the light")
    assert calls(visit.plan(tool_choice="none")) == []
    assert calls(Visit(tools=(LIGHT,)).plan(tool_choice="required")) == [
        "set_porch_light"
    ]
    named = {"type": "function", "name": "finish_conversation"}
    assert calls(Visit(tools=(LIGHT, FINISH)).plan(tool_choice=named)) == [
        "finish_conversation"
    ]


@pytest.mark.parametrize(
    ("instructions", "turns"),
    [
        ("Say goodbye after two interactions.", 2),
        ("End after 3 answers", 3),
        ("after at most five questions", 5),
        ("Talk as long as you like.", None),
        ("Say goodbye after a while.", None),
    ],
)
def test_the_number_of_turns_is_read_from_the_instructions(
    instructions: str, turns: int | None
) -> None:
    """In words or in digits."""
    assert turns_until_goodbye(instructions) == turns


@pytest.mark.parametrize(
    ("instructions", "name"),
    [
        ("You are a ghost.", "the ghost"),
        ("Play Santa Claus.", "Santa Claus"),
        ("You are a pirate who found a pumpkin.", "the captain"),
        ("You are a friendly witch.", "the witch"),
        (INSTRUCTIONS.replace("'", "\u2019"), JACK.name),
        ("You are a helpful assistant.", BUTLER.name),
    ],
)
def test_the_instructions_choose_the_character(instructions: str, name: str) -> None:
    """The one that is named first."""
    assert persona_for(instructions).name == name


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
def test_everything_a_character_says_can_be_rendered_beforehand(persona: Any) -> None:
    """The repertoire holds every sentence of a long visit."""
    known = set(repertoire(persona))
    visit = Visit(f"You are {persona.name}. Ask a riddle.", tools=(FINISH, LIGHT))
    said_to_it = (
        "hello",
        "trick or treat",
        "is it a bat",
        "i am a witch",
        "who are you",
        "tell me a joke",
        "laugh",
        "",
        "turn on the light",
        "a skeleton",
        "another one",
        "i don't know",
        "bye",
    )
    answers = [said(visit.plan()), *(visit.hear(words) for words in said_to_it)]
    spoken = {piece.strip() for answer in answers for piece in sentences(answer)}
    assert spoken <= known
