"""The riddles, with everything that may be said about an answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Riddle:
    """A riddle; `answers` are single words that count as right."""

    question: str
    answers: tuple[str, ...]
    solution: str
    hint: str


RIDDLES = (
    Riddle(
        "I have many bones, but no skin and no heart. What am I?",
        ("skeleton", "skeletons", "bones"),
        "a skeleton",
        "You have one inside of you right now.",
    ),
    Riddle(
        "I fly at night and sleep upside down. What am I?",
        ("bat", "bats", "vampire"),
        "a bat",
        "I hang in caves, and I hear better than I see.",
    ),
    Riddle(
        "The more of them you take, the more you leave behind. What are they?",
        ("steps", "footsteps", "step", "footstep"),
        "footsteps",
        "You made some on the way to this door.",
    ),
    Riddle(
        "I follow you all day long, but when the night is black I am gone. What am I?",
        ("shadow", "shadows"),
        "your shadow",
        "I look just like you, only darker.",
    ),
    Riddle(
        "I have eight legs and I spin my own house. What am I?",
        ("spider", "spiders"),
        "a spider",
        "Flies do not like to visit me.",
    ),
    Riddle(
        "I have a thousand teeth, but I never eat. What am I?",
        ("comb", "brush"),
        "a comb",
        "Somebody should have used me this morning.",
    ),
)


def is_asked(riddle: Riddle, text: str) -> bool:
    """Tell whether a text asks a riddle, or at least the first half of it.

    Visitors who know it interrupt.
    """
    return riddle.question[: len(riddle.question) // 2] in text


def asked(text: str) -> Riddle | None:
    """Return the riddle that a text asks."""
    return next((each for each in RIDDLES if is_asked(each, text)), None)
