"""Choices that bytes make: the same bytes make the same ones, so a fuzzer steers them."""

from collections.abc import Sequence
from random import Random
from typing import Final

from hypothesis import strategies as st

MOST_BYTES: Final = 4096


class Dice:
    """Choices read from bytes; where those have ended, each is the first one."""

    def __init__(self, data: bytes) -> None:
        """Start at the first byte."""
        self._data = data
        self._at = 0

    @property
    def is_over(self) -> bool:
        """Tell whether all bytes are used."""
        return self._at >= len(self._data)

    def byte(self) -> int:
        """Return the next byte."""
        at, self._at = self._at, self._at + 1
        return self._data[at] if at < len(self._data) else 0

    def number(self, below: int) -> int:
        """Return a number from 0 on."""
        if below <= 256:
            return self.byte() % below
        return (self.byte() << 16 | self.byte() << 8 | self.byte()) % below

    def one_in(self, number: int) -> bool:
        """Tell whether something rare happens; never once the bytes are used."""
        return self.byte() % number == number - 1

    def pick[T](self, choices: Sequence[T]) -> T:
        """Return one of several."""
        return choices[self.number(len(choices))]

    def some(self, most: int) -> bytes:
        """Return the next bytes, at most so many."""
        size = self.number(most + 1)
        at, self._at = self._at, self._at + size
        return self._data[at : at + size]

    def rest(self) -> bytes:
        """Return all bytes that are left."""
        return self.some_of(len(self._data))

    def some_of(self, size: int) -> bytes:
        """Return the next so many bytes, as far as there are."""
        at, self._at = self._at, self._at + size
        return self._data[at : at + size]


def noise(seed: int, size: int = 700) -> bytes:
    """Return bytes of a seed."""
    return Random(seed).randbytes(size)


def inputs(most: int = 400) -> st.SearchStrategy[bytes]:
    """Return inputs: small ones that shrink well, and others that choose much."""
    return st.binary(max_size=most) | st.integers(0, 2**32).map(noise)
