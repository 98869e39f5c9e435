"""Identifiers and free choices of one connection, the same for the same seed."""

from random import Random

# A decimal long enough for any text delta: clients must only ever ignore it.
_OBFUSCATION_BITS = 48


class IdSource:
    """Hand out identifiers and coin flips that a seed makes repeatable."""

    def __init__(self, seed: int | str | None = None) -> None:
        """Start from a seed, or from the system's randomness when there is none."""
        self._random = Random(seed)

    def make(self, prefix: str) -> str:
        """Return a new identifier such as `item_5f…` (prefix and 21 hex digits)."""
        return f"{prefix}_{self._random.getrandbits(84):021x}"

    def flip(self) -> bool:
        """Decide something that the protocol leaves open."""
        return self._random.random() < 0.5

    def pick[T](self, choices: tuple[T, ...]) -> T:
        """Choose one of several things that the protocol leaves open."""
        return self._random.choice(choices)

    def obfuscation(self) -> str:
        """Return the random padding that text-like deltas carry."""
        return f"{self._random.getrandbits(_OBFUSCATION_BITS):x}"
