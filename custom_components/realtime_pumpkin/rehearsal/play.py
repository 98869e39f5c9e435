"""A play with prepared lines: who rehearses needs neither ears nor a mind.

No words are recognized, so every turn of the visitor is taken for an answer to
the riddle before it. `clips.py` has the sound of every line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any, Final

from .items import Item
from .plan import Call, Plan, PlannedOutput, ResponseRequest, Say

FINISH: Final = "finish_conversation"
NOT_UNDERSTOOD: Final = "(A rehearsal does not recognize words.)"
"""What stands for the visitor's words: empty ones would mean that nobody spoke."""


@dataclass(frozen=True, slots=True)
class Act:
    """A riddle, and what is said to whatever was answered."""

    riddle: str
    solution: str


GREETINGS: Final = (
    "Good evening, brave visitor! I am the pumpkin of this house, and tonight I rehearse.",
    "Who knocks at my door on this dark night? Come closer, I am rehearsing!",
)
ACTS: Final = (
    Act(
        "Here is a riddle. What gets bigger, the more you take away?",
        "I like the sound of that! I was thinking of a hole.",
    ),
    Act(
        "Here is another one. What has to be broken before you can use it?",
        "A bold answer! My own would have been an egg.",
    ),
)
FAREWELLS: Final = (
    "Happy Halloween, and take good care on your way home. Goodbye!",
    "The candle in my head burns low. Goodbye, brave visitor!",
)
LAUGH: Final = "Mwah ha ha ha!"
OBEDIENCE: Final = "As you wish!"
STILL_THERE: Final = "Hello? Is somebody still there?"
SOMEBODY_ELSE: Final = "I hear another visitor at the door. Come closer, all of you!"
COMPUTER: Final = "You should know that I am a talking computer."

LINES: Final = (
    *GREETINGS,
    *(line for act in ACTS for line in (act.riddle, act.solution)),
    *FAREWELLS,
    LAUGH,
    OBEDIENCE,
    STILL_THERE,
    SOMEBODY_ELSE,
    COMPUTER,
)
"""Everything that is ever said."""

_LAUGH: Final = re.compile(r"laugh|cackle", re.IGNORECASE)
_FAREWELL: Final = re.compile(r"goodbye", re.IGNORECASE)
_STILL_THERE: Final = re.compile(r"still there", re.IGNORECASE)
_SOMEBODY_ELSE: Final = re.compile(r"somebody else", re.IGNORECASE)
_COMPUTER: Final = re.compile(r"first sentence also says", re.IGNORECASE)


class PlayBrain:
    """Answer with the lines of the play, whatever is said."""

    def __init__(self, night: int = 0) -> None:
        """Choose among greetings and farewells by the number of the visit."""
        self._night = night

    def plan(self, request: ResponseRequest) -> Plan:
        """Return the next lines, and the finish tool with the goodbye."""
        directions = _directions(request.news)
        lines = [LAUGH] if _LAUGH.search(directions) else []
        if _FAREWELL.search(directions):
            return Plan(_spoken([*lines, self._one_of(FAREWELLS)]))
        if _STILL_THERE.search(directions):
            return Plan(_spoken([*lines, STILL_THERE]))
        if _SOMEBODY_ELSE.search(directions):
            lines.append(SOMEBODY_ELSE)
        if any(item.role == "user" for item in request.news):
            return self._answer(request, lines)
        if not any(item.by_model for item in request.history):
            return Plan(_spoken([*lines, *self._opening(request)]))
        return Plan(_spoken(lines or [OBEDIENCE]))

    def hear(self, pcm: bytes) -> str | None:
        """Understand nothing, but tell that somebody spoke."""
        return NOT_UNDERSTOOD

    def _opening(self, request: ResponseRequest) -> list[str]:
        """Return how the play begins."""
        disclosure = [COMPUTER] if _COMPUTER.search(request.instructions) else []
        return [self._one_of(GREETINGS), *disclosure, ACTS[0].riddle]

    def _answer(self, request: ResponseRequest, lines: list[str]) -> Plan:
        """Return the solution and the next riddle, or the goodbye."""
        if not any(item.by_model for item in request.history):
            return Plan(_spoken([*lines, *self._opening(request)]))
        acts = ACTS[_turns_before(request) :]
        lines += [act.solution for act in acts[:1]]
        if acts[1:]:
            return Plan(_spoken([*lines, acts[1].riddle]))
        goodbye = _spoken([*lines, self._one_of(FAREWELLS)])
        return Plan((*goodbye, *_finish(request.tools)))

    def _one_of(self, choices: Sequence[str]) -> str:
        """Return this visit's choice."""
        return choices[self._night % len(choices)]


def _directions(news: Iterable[Item]) -> str:
    """Return what stage directions were given since the last answer."""
    return "\n".join(item.words for item in news if item.role == "system")


def _turns_before(request: ResponseRequest) -> int:
    """Count the visitor's turns that were answered already."""
    turns = sum(item.role == "user" for item in request.history)
    return turns - sum(item.role == "user" for item in request.news)


def _spoken(lines: Sequence[str]) -> tuple[PlannedOutput, ...]:
    """Return lines as one message."""
    return (Say(" ".join(lines)),)


def _finish(tools: Sequence[Mapping[str, Any]]) -> tuple[PlannedOutput, ...]:
    """Return the call that ends the conversation, where there is such a tool."""
    if not any(tool.get("name") == FINISH for tool in tools):
        return ()
    arguments = {
        "reason": "The play is over.",
        "summary": "A visitor answered two riddles in a rehearsal.",
        "mood": "unknown",
    }
    return (Call(FINISH, arguments),)
