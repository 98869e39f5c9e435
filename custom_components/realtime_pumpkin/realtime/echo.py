"""Whether the voice has heard itself."""

from difflib import SequenceMatcher
import re
from typing import Final

FEWEST_WORDS: Final = 3
ALIKE: Final = 0.8
"""Which share of the words heard must stand in the same order in those said."""

MOST_HEARD: Final = 200
MOST_SAID: Final = 800
"""How many words are compared: the time it takes grows with their product."""


def repeats(heard: str, said: str, *, is_sudden: bool = False) -> bool:
    """Tell whether what was heard is a piece of what the voice said.

    One or two words never are, as a child may well repeat those, unless they
    come as soon (`is_sudden`) as only an echo would.
    """
    words, spoken = _words(heard)[:MOST_HEARD], _words(said)[-MOST_SAID:]
    if len(words) < (1 if is_sudden else FEWEST_WORDS):
        return False
    matcher = SequenceMatcher(None, spoken, words, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return same >= ALIKE * len(words)


def _words(text: str) -> list[str]:
    """Return the words of a text, without case and punctuation."""
    return re.findall(r"\w+", text.casefold().replace("'", ""))
