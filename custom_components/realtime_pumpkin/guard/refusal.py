"""Why something is kept from strangers."""

from collections.abc import Sequence
from typing import Final

_TO: Final = " → "


class NotForStrangers(Exception):
    """Something leads to what is kept from strangers, or may lead there.

    `path` names what was asked for, what it leads through and what it ends at: an
    entity, an action, or the words for what nobody can see through.
    """

    def __init__(self, path: Sequence[str], *, is_proven: bool) -> None:
        """Keep the way; `is_proven` where it really ends at something forbidden."""
        super().__init__(_TO.join(path))
        self.path = tuple(path)
        self.is_proven = is_proven
