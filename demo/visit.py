"""A visit as data: who comes, what they say, and how it must end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
import tomllib
from typing import Any, Self

VISITS = Path(__file__).parent / "visits"
_OWN_KEYS = frozenset({"visitor", "lines", "turned_on", "called"})


class VisitError(Exception):
    """A visit's file does not say what it must."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes to the door, and how they sound."""

    name: str
    voice: str
    pitch: float = 1.0
    """How much higher than the voice itself."""

    tempo: float = 1.0
    """How much faster than the voice itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a visitor says: when the pumpkin has been quiet for a while, or into it.

    Raises `VisitError` unless it has exactly one of the two times.
    """

    text: str
    after_quiet_ms: int = 0
    interrupts_after_ms: int = 0
    """How long the pumpkin has spoken when it is interrupted; 0: it is heard out."""

    def __post_init__(self) -> None:
        """Refuse a line without a time of its own, or with two."""
        if (self.after_quiet_ms > 0) is (self.interrupts_after_ms > 0):
            raise VisitError(f"When is “{self.text}” said?")

    @property
    def interrupts(self) -> bool:
        """Tell whether the line is spoken into what the pumpkin says."""
        return self.interrupts_after_ms > 0


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that is known before the doorbell rings."""

    title: str
    visitor: Visitor
    lines: tuple[Line, ...]
    finished_by: str
    answer_within_s: float
    voice: Mapping[str, Any] = field(default_factory=dict)
    """What the voice's form is given besides where it listens and speaks."""

    turned_on: tuple[str, ...] = ()
    """The entities that must be on in the end, each by a tool of its own."""

    light: str = ""
    """The light that must follow what is heard; empty: none does."""

    light_calls: int = 8
    """How many calls the light may have in any second."""

    checks_porch: bool = False
    """The porch check is made first, with the speaker in the microphone for it."""

    called: tuple[str, ...] = ()
    """The tools that must have been called besides."""

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Read a visit; raise `VisitError` where something is missing or unknown."""
        try:
            return cls(
                visitor=Visitor(**data["visitor"]),
                lines=tuple(Line(**line) for line in data["lines"]),
                turned_on=tuple(data.get("turned_on", ())),
                called=tuple(data.get("called", ())),
                **{key: data[key] for key in data.keys() - _OWN_KEYS},
            )
        except (KeyError, TypeError) as err:
            raise VisitError(f"This is no visit: {err}") from err


def names() -> list[str]:
    """Return the names of the visits that can be played."""
    return sorted(path.stem for path in VISITS.glob("*.toml"))


def load(name: str) -> Visit:
    """Return the visit with a name."""
    return Visit.from_data(tomllib.loads((VISITS / f"{name}.toml").read_text("utf-8")))
