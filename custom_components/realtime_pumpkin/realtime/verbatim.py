"""Texts to be read aloud: cut where one breathes, and compared with what was said."""

from collections.abc import AsyncIterator
from difflib import Match, SequenceMatcher
import re
from typing import Final

from ..audio.formats import PCM_24K

SHORTEST: Final = 30
"""Characters; what is shorter is read together with the next sentence."""

LONGEST: Final = 400
SPELT: Final = 5
"""How many words a number or a unit may become."""

WHOLE: Final = 80
"""Characters; what is shorter is read in so little time that all of it is awaited."""

FIRST_WORDS: Final = 6
"""Who says these as they are written reads: answers and prefaces begin otherwise."""

FASTEST: Final = 25.0
"""Characters that a voice says in a second at most; about 15 are usual."""

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
    return _is_read(wanted, heard)


class HeldBack:
    """The sound of a sentence, let out as far as its words are proven.

    Nobody tells where in the sound a word is. But a second of it holds no more than
    `FASTEST` characters, so what is let out can only hold words that were compared,
    whichever comes first, words or sound.
    """

    def __init__(self, text: str) -> None:
        """Hold the sound of a text that is to be read."""
        self._text = text
        self._wanted = _WORD.findall(text.casefold())
        self._sound = bytearray()
        self._let_out = 0
        self._said = ""
        self._proven = 0

    @property
    def has_begun(self) -> bool:
        """Tell whether any sound was let out."""
        return self._let_out > 0

    def push(self, pcm: bytes, said: str) -> bytes:
        """Take PCM s16le mono 24 kHz and all that was said so far; return what may go."""
        self._sound += pcm
        if len(self._text) < WHOLE:
            return b""
        if said != self._said:
            self._said, self._proven = said, self._prove(said)
        return self._let(PCM_24K.bytes_of(int(self._proven * 1000 / FASTEST)))

    def rest(self, said: str) -> bytes | None:
        """Return what is left at the end; None where something else was said."""
        if not self._sound or not is_verbatim(self._text, said):
            return None
        return self._let(len(self._sound))

    def _let(self, upto: int) -> bytes:
        """Let sound out up to a place in it."""
        sound = bytes(self._sound[self._let_out : upto])
        self._let_out += len(sound)
        return sound

    def _prove(self, said: str) -> int:
        """Return how many characters of what was said are the text's beginning.

        The last word may still be growing.
        """
        heard = [word for word in _WORD.finditer(said) if word.end() < len(said)]
        words = [word.group().casefold() for word in heard]
        for block in reversed(_same(self._wanted, words)):
            wanted, upto = block.a + block.size, block.b + block.size
            if upto >= FIRST_WORDS and _is_read(self._wanted[:wanted], words[:upto]):
                return heard[upto - 1].end()
        return self._proven


def _is_read(wanted: list[str], heard: list[str]) -> bool:
    """Tell whether words are those that were wanted, none before and none after."""
    kept = {block.a + at for block in _same(wanted, heard) for at in range(block.size)}
    lost = [word for at, word in enumerate(wanted) if at not in kept]
    spelt = [word for word in lost if _is_spelt(word)]
    added = len(heard) - len(kept) - SPELT * len(spelt)
    if _has_preface(wanted, heard) or _has_preface(wanted[::-1], heard[::-1]):
        return False
    return len(lost) - len(spelt) + max(0, added) <= len(wanted) // 10


def _has_preface(wanted: list[str], heard: list[str]) -> bool:
    """Tell whether words were put before the first of those that were wanted."""
    blocks = _same(wanted, heard)
    if not blocks:
        return False
    replaced = wanted[: blocks[0].a]
    room = sum(SPELT if _is_spelt(word) else 1 for word in replaced)
    return blocks[0].b > room


def _is_spelt(word: str) -> bool:
    """Tell whether a word may be said as other words."""
    return len(word) == 1 or not word.isalpha()


def _same(wanted: list[str], heard: list[str]) -> list[Match]:
    """Return which runs of words are the same, in order."""
    matcher = SequenceMatcher(None, wanted, heard, autojunk=False)
    return matcher.get_matching_blocks()[:-1]


def _cut(text: str) -> int | None:
    """Return where the first piece ends, None where it may go on."""
    for end in _END.finditer(text):
        if len(text[: end.start()].strip()) >= SHORTEST:
            return end.end()
    if len(text) <= LONGEST:
        return None
    return text.rfind(" ", SHORTEST, LONGEST) + 1 or LONGEST
