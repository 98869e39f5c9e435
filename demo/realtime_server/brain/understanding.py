"""Making sense of what a visitor said, as far as it can be recognized."""

from dataclasses import dataclass
from enum import StrEnum
import re

from .riddles import Riddle


class Meaning(StrEnum):
    """What somebody wants."""

    NOTHING = "nothing"
    RIGHT = "right"
    GIVES_UP = "gives_up"
    GOODBYE = "goodbye"
    JOKE = "joke"
    RIDDLE = "riddle"
    WHO = "who"
    LAUGH = "laugh"
    TREAT = "treat"
    COSTUME = "costume"
    GUESS = "guess"
    REPEAT = "repeat"
    GREETING = "greeting"
    YES = "yes"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Understood:
    """A meaning, and the thing it is about."""

    meaning: Meaning
    thing: str = ""


COSTUMES = (
    "angel", "astronaut", "bat", "cat", "clown", "cowboy", "devil", "dinosaur",
    "dragon", "fairy", "ghost", "knight", "monster", "mummy", "ninja", "pirate",
    "prince", "princess", "pumpkin", "robot", "skeleton", "spider", "vampire",
    "werewolf", "witch", "wizard", "zombie",
)  # fmt: skip
_SAYS_WHO_THEY_ARE = re.compile(r"\b(i am|i'm|we are|we're|dressed as|dressed up as)\b")
# In order: what comes first wins.
_PHRASES: tuple[tuple[Meaning, str], ...] = (
    (Meaning.GIVES_UP, r"don't know|do not know|no idea|give up|tell me the answer|a hint"),
    (Meaning.GOODBYE, r"good ?bye|bye|see you|good night|we have to go|i have to go"),
    (Meaning.JOKE, r"jokes?|something funny|make me laugh"),
    (Meaning.RIDDLE, r"riddles?|another one|one more"),
    (Meaning.REPEAT, r"say (that|it) again|repeat|pardon|what did you say"),
    (Meaning.WHO, r"who are you|what are you|your name|are you real|how old|where do you"),
    (Meaning.LAUGH, r"laugh|scare me|are you scary|be scary|boo"),
    (Meaning.TREAT, r"trick or treat|trick|treats?|candy|sweets?|chocolate"),
)  # fmt: skip
_LATER: tuple[tuple[Meaning, str], ...] = (
    (Meaning.GREETING, r"hello|hi|hey|good evening|happy halloween|merry christmas"),
    (Meaning.YES, r"yes|yeah|okay|sure|please|go on|thank you|thanks"),
)
_GUESS = re.compile(r"\b(is it|it is|it's|it must be|maybe|could it be|i think)\b")


def plain(text: str) -> str:
    """Return a text as lower-case words."""
    lower = text.lower().replace("\u2019", "'")
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", lower))


def understand(text: str, riddle: Riddle | None) -> Understood:
    """Return what a visitor means, who may be answering a riddle."""
    said = plain(text)
    if not said:
        return Understood(Meaning.NOTHING)
    if riddle is not None and not set(riddle.answers).isdisjoint(said.split()):
        return Understood(Meaning.RIGHT)
    costume = next((each for each in COSTUMES if each in said.split()), "")
    if costume and (riddle is None or _SAYS_WHO_THEY_ARE.search(said)):
        return Understood(Meaning.COSTUME, costume)
    for meaning, pattern in _PHRASES:
        if re.search(rf"\b(?:{pattern})\b", said):
            return Understood(meaning)
    if riddle is not None and (costume or _GUESS.search(said)):
        return Understood(Meaning.GUESS)
    for meaning, pattern in _LATER:
        if re.search(rf"\b(?:{pattern})\b", said):
            return Understood(meaning)
    return Understood(Meaning.GUESS if riddle is not None else Meaning.OTHER)
