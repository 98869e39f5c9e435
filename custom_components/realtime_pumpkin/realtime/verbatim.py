"""Texts to be read aloud: cut where one breathes, and compared with what was said."""

from collections.abc import AsyncIterator
from difflib import SequenceMatcher
import re
from typing import Final

SHORTEST: Final = 30
"""Characters; what is shorter is read together with the next sentence."""

LONGEST: Final = 400
SPELT: Final = 5
"""How many words a number or a unit may become."""

_END: Final = re.compile(r"(?<=[.!?…])[\"')]*\s+|(?<=[\u3002\uff01\uff1f])|\n+")
_WORD: Final = re.compile(r"\w+")


async def sentences(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    """Yield what can be read as soon as it is complete; the text may still grow."""
    rest = ""
    async for chunk in chunks:
        rest += chunk
        while (at := _cut(rest)) is not None:
            piece, rest = rest[:at].strip(), rest[at:]
            if piece:
                yield piece
    if rest.strip():
        yield rest.strip()


def is_verbatim(text: str, said: str) -> bool:
    """Tell whether a transcript has a text's words, in their order and no others.

    Numbers and single letters are said in words ("20 C"), so they may differ; of
    the rest one word in ten.
    """
    wanted, heard = (_WORD.findall(each.casefold()) for each in (text, said))
    same = SequenceMatcher(None, wanted, heard, autojunk=False).get_matching_blocks()
    kept = {block.a + at for block in same for at in range(block.size)}
    lost = [word for at, word in enumerate(wanted) if at not in kept]
    spelt = [word for word in lost if len(word) == 1 or not word.isalpha()]
    added = len(heard) - len(kept) - SPELT * len(spelt)
    return len(lost) - len(spelt) + max(0, added) <= len(wanted) // 10


def _cut(text: str) -> int | None:
    """Return where the first piece ends, None where it may go on."""
    for end in _END.finditer(text):
        if len(text[: end.start()].strip()) >= SHORTEST:
            return end.end()
    if len(text) <= LONGEST:
        return None
    return text.rfind(" ", SHORTEST, LONGEST) + 1 or LONGEST
