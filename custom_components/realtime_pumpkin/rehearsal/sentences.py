"""Splitting text into what is spoken, or written, in one go."""

import re

_ENDS = re.compile(r"(?<=[.!?…])(?=\s)")
_WORDS = re.compile(r"\s*\S+\s*$|\s*\S+")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; they add up to it again."""
    return [piece for piece in _ENDS.split(text) if piece]


def words(text: str) -> list[str]:
    """Return the words of a text; they add up to it again."""
    return _WORDS.findall(text) if text.strip() else []
