"""What can be borrowed of the house, and what becomes of it."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Final, Protocol

from homeassistant.core import State

from .stored import EntityId

MOVED: Final = "moved"
"""What something is meanwhile that is moved all the time."""


class LoanKind(StrEnum):
    """What can be borrowed."""

    OPTION = "option"
    """The option that a select entity shows."""
    VOLUME = "volume"
    """The volume of a media player."""
    MUSIC = "music"
    """What a media player plays."""
    LIGHT = "light"
    """A light: whether it is on, how bright, in which colour and effect."""
    NUMBER = "number"
    """The value of a number."""
    SWITCH = "switch"
    """Whether a switch is on."""


@dataclass(frozen=True, slots=True)
class Loan:
    """One thing that was borrowed."""

    kind: LoanKind
    entity_id: EntityId
    old: str
    """What it was, and is to be again."""

    ours: str
    """What it is meanwhile; whoever changed that has their reasons."""

    since: str
    """When it was borrowed, as an ISO 8601 time."""


class Verdict(Enum):
    """What becomes of a loan that is to be given back."""

    NOW = auto()
    LATER = auto()
    """The entity does not show how it is."""
    NEVER = auto()
    """Somebody has changed it meanwhile."""


type Order = tuple[str, str, dict[str, Any]]
"""Domain, action and data of what is to be called for an entity."""


class Lender(Protocol):
    """One kind of thing that can be borrowed."""

    comes_back_at_stop: bool
    """Given back before Home Assistant saves states; else with the conversation."""

    is_confirmed: bool
    """Its device shows what it was given back; one that does not was away."""

    def check(self, loan: Loan) -> None:
        """Raise `ValueError` where a stored loan says nothing that can be set."""

    def read(self, state: State) -> str | None:
        """Return what an entity shows; None where it shows nothing."""

    def is_same(self, one: str, other: str) -> bool:
        """Tell whether two values are one."""

    def take(self, ours: str) -> Order | None:
        """Return what is called to borrow; None where the use itself does it."""

    def judge(self, loan: Loan, state: State | None) -> Verdict:
        """Tell whether a loan can be given back to an entity as it is now."""

    def give(self, loan: Loan, state: State) -> Order:
        """Return what is called to give back."""
