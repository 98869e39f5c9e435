"""What instructions and system messages ask the character to do."""

from collections.abc import Iterable
from dataclasses import dataclass
import re

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "once": 1, "twice": 2,
}  # fmt: skip
_LIMIT = re.compile(
    r"\bafter (?:at most |about |the )?(\d+|[a-z]+)"
    r" (?:interactions?|exchanges?|turns?|answers?|replies|questions?|rounds?)"
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
# The line itself: in quotes, or all that follows a colon.
_LINE = re.compile(
    r"(?:\bsay(?:ing)?|\b(?:open|begin|start|greet)[^:\"“.\n]*\bwith|\bread out)\b"
    r"[^:\"“.\n]*"
    r"(?::?\s*[\"“](?P<quoted>[^\"”]+)[\"”]|:\s*(?P<rest>\S.*))",
    re.IGNORECASE | re.DOTALL,
)


# An order, not the rule "say goodbye after two interactions".
_GOODBYE = re.compile(
    r"(?:^|[.!?:\n]\s*)(?:please |now )?(?:say (?:good ?bye|bye|farewell)|bid farewell)"
    r"\b(?! (?:after|when|once))",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Directions:
    """What is asked for in one response."""

    laugh: bool = False
    line: str | None = None
    only: bool = False
    """Say the line and nothing else."""
    goodbye: bool = False
    still_there: bool = False
    somebody_else: bool = False
    greet: bool = False
    go_on: bool = False
    """Say what was still to come when the connection broke off."""


def read_directions(texts: Iterable[str]) -> Directions:
    """Read directions; what is no direction (a language, a name) is ignored."""
    text = "\n".join(texts)
    lower = text.lower()
    found = _LINE.search(text)
    line = (found["quoted"] or found["rest"]).strip() if found else None
    return Directions(
        laugh=bool(re.search(r"\blaugh(s|ing|ter)?\b", lower)),
        line=line,
        only=bool(
            re.search(r"\b(only|exactly|verbatim|word for word|nothing else)\b", lower)
        ),
        goodbye=bool(_GOODBYE.search(lower)),
        still_there=bool(re.search(r"\bstill there\b|\bnobody has answered\b", lower)),
        somebody_else=bool(
            re.search(
                r"\b(some(body|one) else|another (visitor|child|person))\b", lower
            )
        ),
        greet=bool(re.search(r"\bgreet\b", lower)),
        go_on=bool(re.search(r"\bconnection broke off\b", lower)),
    )


def turns_until_goodbye(instructions: str) -> int | None:
    """Return after how many turns the instructions want a goodbye, if they do."""
    lower = instructions.lower()
    found = _LIMIT.search(lower)
    if found is None:
        return None
    word = found[1]
    return int(word) if word.isdigit() else _NUMBERS.get(word) or _ORDINALS.get(word)
