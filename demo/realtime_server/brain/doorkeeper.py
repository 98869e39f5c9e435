"""The character at the door: decides what to say and which tools to call."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
import json

from custom_components.realtime_pumpkin.rehearsal.items import Item
from custom_components.realtime_pumpkin.rehearsal.plan import (
    Call,
    Plan,
    PlannedOutput,
    Reason,
    ResponseRequest,
    Say,
)

from . import tools
from .directions import Directions, read_directions, turns_until_goodbye
from .lines import BYE, DONE, EARNED, FAILED, SEEN, TAKE_IT, TRY_AGAIN
from .personas import Persona, persona_for
from .riddles import RIDDLES, Riddle, asked, is_asked
from .understanding import Meaning, Understood, understand

_SUCCESS = ("ok", "done", "success", "true", "{}", "null", '""', "")


class FinishStyle(StrEnum):
    """Where the call of `finish_conversation` stands."""

    WITH = "with"
    """Behind the goodbye, in the same response."""
    BEFORE = "before"
    """In front of the goodbye, in the same response."""
    ALONE = "alone"
    """In a response of its own; the goodbye answers its output."""


class Doorkeeper:
    """Greet, ask riddles, react and say goodbye, all from the conversation so far.

    It keeps nothing between responses: a conversation that goes on in a new
    session, with its history told again, goes on as if nothing had happened.
    """

    def __init__(
        self, *, finish: FinishStyle = FinishStyle.WITH, first_riddle: int = 0
    ) -> None:
        """Choose where the goodbye's tool call stands, and the first riddle."""
        self._finish = finish
        self._first_riddle = first_riddle

    def hear(self, pcm: bytes) -> str | None:
        """Understand nothing: the server's ears do that."""
        return None

    def plan(self, request: ResponseRequest) -> Plan:
        """Return what to say, and the tools to call."""
        return Plan(tuple(_Moment(request, self._finish, self._first_riddle).outputs()))


class _Moment:
    """One response: the conversation so far, and what it asks for."""

    def __init__(
        self, request: ResponseRequest, finish: FinishStyle, first_riddle: int
    ) -> None:
        """Look at the conversation."""
        self._request = request
        self._finish = finish
        self._first_riddle = first_riddle
        self._persona: Persona = persona_for(request.instructions)
        self._tools = tools.allowed(request.tools, request.tool_choice)
        self._directions = self._read_directions()
        said = _speeches(request.history)
        told = [riddle for words in said if (riddle := asked(words)) is not None]
        self._spoke_before = bool(said)
        is_open = bool(told) and not _is_solved(said, told[-1])
        self._riddle: Riddle | None = told[-1] if is_open else None
        self._next_riddle = RIDDLES[(first_riddle + len(set(told))) % len(RIDDLES)]
        self._said = _last_words(request.news)
        self._turn = sum(1 for item in request.history if _is_turn(item))

    def outputs(self) -> list[PlannedOutput]:
        """Return the outputs of this response."""
        if self._directions.go_on and self._spoke_before:
            return self._rest()
        forced = self._forced_call()
        if forced is not None:
            return [forced]
        before = [self._persona.laugh] if self._directions.laugh else []
        asked_for = self._as_directed()
        if asked_for and (self._directions.goodbye or not self._said):
            return self._spoken([*before, *asked_for], ends=self._directions.goodbye)
        before += asked_for
        result = next(
            (i for i in self._request.news if i.type == "function_call_output"), None
        )
        if result is not None and not self._said:
            return self._after_tool(result, before)
        if not self._said:
            return self._unprompted(before)
        wanted = tools.matching(self._tools, self._said)
        if wanted is not None:
            words = " ".join([*before, self._persona.yes_master])
            return [Say(words, phase="commentary"), tools.call(wanted, self._said, {})]
        return self._reaction(before)

    def _rest(self) -> list[PlannedOutput]:
        """Return what was still to come when the last answer broke off."""
        history = list(self._request.history)
        while history and history[-1].role != "assistant":
            history.pop()
        said: list[str] = []
        while history and history[-1].role == "assistant":
            said = [*history.pop().words.split(), *said]
        heard = [at for at, item in enumerate(history) if item.role == "assistant"]
        news = history[heard[-1] + 1 if heard else 0 :]
        request = replace(self._request, history=history, news=news)
        whole = _Moment(request, self._finish, self._first_riddle).outputs()
        return [rest for each in whole if (rest := _after(each, said)) is not None]

    def _read_directions(self) -> Directions:
        """Return what system messages and the response itself ask for."""
        request = self._request
        texts = [item.words for item in request.news if item.role == "system"]
        own = request.overrides.get("instructions")
        return read_directions([*texts, own] if own else texts)

    def _forced_call(self) -> Call | None:
        """Return the call that `tool_choice` demands."""
        choice = self._request.tool_choice
        answered = any(i.type == "function_call_output" for i in self._request.news)
        if choice in ("auto", "none") or not self._tools or answered:
            return None
        tool = tools.matching(self._tools, self._said) or self._tools[0]
        return tools.call(tool, self._said, self._known())

    def _as_directed(self) -> list[str]:
        """Return what directions want to be said; the visitor may wait for more."""
        wanted, persona = self._directions, self._persona
        if wanted.line is not None:
            ask = not (wanted.only or self._said or "?" in wanted.line)
            return [wanted.line, *(self._riddle_lines() if ask else [])]
        if wanted.goodbye:
            return [persona.farewell]
        lines = [persona.somebody_else] if wanted.somebody_else else []
        if not self._said and (
            wanted.still_there or self._request.reason is Reason.TIMEOUT
        ):
            lines.append(persona.still_there)
        return lines

    def _unprompted(self, before: list[str]) -> list[PlannedOutput]:
        """Speak although nobody said anything that could be heard."""
        heard_something = any(_is_audio(item) for item in self._request.news)
        if heard_something:
            return self._spoken(
                [*before, _in_turn(self._persona.not_understood, self._turn)]
            )
        if self._spoke_before and not self._directions.greet:
            more = (
                self._riddle.hint
                if self._riddle
                else _in_turn(self._persona.small_talk, 0)
            )
            return self._spoken([*before, more])
        greeting = self._persona.greetings[0]
        return self._spoken([*before, greeting, *self._riddle_lines()])

    def _riddle_lines(self) -> list[str]:
        """Return the next riddle, where the instructions want riddles."""
        if (
            "riddle" not in self._request.instructions.lower()
            or self._riddle is not None
        ):
            return []
        return [self._persona.before_riddle, self._next_riddle.question]

    def _reaction(self, before: list[str]) -> list[PlannedOutput]:
        """React to what the visitor said; the last time with a goodbye."""
        understood = understand(self._said, self._riddle)
        limit = turns_until_goodbye(self._request.instructions)
        ends = understood.meaning is Meaning.GOODBYE or (
            limit is not None and self._turn >= limit
        )
        lines = [*before, *self._react(understood)]
        if not ends:
            return self._spoken([*lines, *self._go_on(understood)])
        if self._riddle is not None and understood.meaning is not Meaning.RIGHT:
            lines.append(f"The answer is {self._riddle.solution}.")
        return self._spoken([*lines, self._persona.farewell], ends=True)

    def _react(self, understood: Understood) -> list[str]:
        """Return the reaction itself."""
        persona, turn = self._persona, self._turn
        reactions = {
            Meaning.RIGHT: _in_turn(persona.right, turn),
            Meaning.GUESS: _in_turn(persona.wrong, turn),
            Meaning.COSTUME: persona.costume.format(understood.thing),
            Meaning.WHO: persona.self_portrait,
            Meaning.JOKE: persona.joke,
            Meaning.LAUGH: persona.laugh,
            Meaning.OTHER: _in_turn(persona.small_talk, turn),
            Meaning.TREAT: TAKE_IT if self._riddle is None else persona.treat,
        }
        greets = understood.meaning in (Meaning.TREAT, Meaning.GREETING)
        if greets and not self._spoke_before:
            return [persona.greetings[0]]
        reaction = reactions.get(understood.meaning)
        return [] if reaction is None else [reaction]

    def _go_on(self, understood: Understood) -> list[str]:
        """Return how the conversation goes on after a reaction."""
        if self._riddle is None:
            if understood.meaning is Meaning.RIDDLE:
                return [self._persona.before_riddle, self._next_riddle.question]
            return self._riddle_lines() or self._small_talk(understood)
        match understood.meaning:
            case Meaning.RIGHT:
                return [EARNED]
            case Meaning.GIVES_UP | Meaning.GUESS:
                return [self._riddle.hint, TRY_AGAIN]
            case _:
                return [self._riddle.question]

    def _small_talk(self, understood: Understood) -> list[str]:
        """Return something to say where nothing else was found."""
        if self._react(understood):
            return []
        return [_in_turn(self._persona.small_talk, self._turn)]

    def _after_tool(self, result: Item, before: list[str]) -> list[PlannedOutput]:
        """Tell what came of a tool."""
        call_id = result.extra.get("call_id")
        calls = (i for i in self._request.history if i.extra.get("call_id") == call_id)
        called = next((i.extra.get("name") for i in calls), None)
        if called == tools.FINISH:
            told = any(
                self._persona.farewell in item.words for item in self._request.history
            )
            return [Say(" ".join([*before, BYE if told else self._persona.farewell]))]
        if called == tools.LOOK:
            return self._spoken([*before, SEEN])
        return self._spoken(
            [*before, *_result_lines(str(result.extra.get("output", "")))]
        )

    def _spoken(
        self, lines: Sequence[str], *, ends: bool = False
    ) -> list[PlannedOutput]:
        """Return lines as one message, at the end with the finishing call."""
        words = Say(" ".join(line for line in lines if line))
        finish = tools.offered(self._tools, tools.FINISH) if ends else None
        if finish is None:
            return [words]
        called = tools.call(finish, self._said, self._known())
        match self._finish:
            case FinishStyle.WITH:
                return [words, called]
            case FinishStyle.BEFORE:
                return [called, words]
            case FinishStyle.ALONE:
                return [called]

    def _known(self) -> dict[str, str]:
        """Return what a tool may ask about this conversation."""
        return {
            "reason": "We said goodbye.",
            "summary": f"A visitor came to the door and spoke {self._turn} times.",
            "mood": "happy",
        }


def _after(output: PlannedOutput, said: Sequence[str]) -> PlannedOutput | None:
    """Return the output without the words that were said before; None: all were."""
    if not isinstance(output, Say):
        return output
    words = output.text.split()
    if words[: len(said)] != list(said):
        return output
    rest = words[len(said) :]
    return replace(output, text=" ".join(rest)) if rest else None


def _speeches(history: Sequence[Item]) -> list[str]:
    """Return what was said; an answer that broke off and went on is one."""
    runs = groupby(history, key=lambda item: item.role == "assistant")
    return [" ".join(item.words for item in run) for is_said, run in runs if is_said]


def _is_turn(item: Item) -> bool:
    """Tell whether a visitor said something that could be understood."""
    return item.role == "user" and bool(item.words)


def _is_audio(item: Item) -> bool:
    """Tell whether a visitor made a sound."""
    return item.role == "user" and any(part.spoken_ms for part in item.parts)


def _last_words(news: Sequence[Item]) -> str:
    """Return everything that visitors said since the last answer."""
    return " ".join(item.words for item in news if _is_turn(item))


def _is_solved(said: Sequence[str], riddle: Riddle) -> bool:
    """Tell whether the last riddle was answered already."""
    index = max(i for i, words in enumerate(said) if is_asked(riddle, words))
    return any(EARNED in words for words in said[index:])


def _in_turn(lines: Sequence[str], turn: int) -> str:
    """Return one of several lines, another one each turn."""
    return lines[turn % len(lines)]


def _result_lines(output: str) -> Iterable[str]:
    """Return what to say about a tool's output."""
    try:
        value = json.loads(output)
    except ValueError:
        value = output
    if isinstance(value, dict):
        if value.get("error") or value.get("success") is False:
            return [FAILED]
        value = value.get("result", value.get("message", "ok"))
    text = str(value).strip()
    if text.lower() in _SUCCESS or len(text) > 200:
        return [DONE]
    return [text if text[-1] in ".!?" else f"{text}."]
