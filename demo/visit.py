"""A visit as data: who comes, what they say, and how it must end."""

from dataclasses import dataclass
from pathlib import Path
import tomllib
from typing import Any, Self

VISITS = Path(__file__).parent / "visits"


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
    """What a visitor says once the pumpkin has been quiet for a while."""

    text: str
    after_quiet_ms: int


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that is known before the doorbell rings."""

    title: str
    visitor: Visitor
    lines: tuple[Line, ...]
    finished_by: str
    answer_within_s: float

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Read a visit; raise `VisitError` where something is missing or unknown."""
        try:
            return cls(
                visitor=Visitor(**data["visitor"]),
                lines=tuple(Line(**line) for line in data["lines"]),
                **{key: data[key] for key in data.keys() - {"visitor", "lines"}},
            )
        except (KeyError, TypeError) as err:
            raise VisitError(f"This is no visit: {err}") from err


def names() -> list[str]:
    """Return the names of the visits that can be played."""
    return sorted(path.stem for path in VISITS.glob("*.toml"))


def load(name: str) -> Visit:
    """Return the visit with a name."""
    return Visit.from_data(tomllib.loads((VISITS / f"{name}.toml").read_text("utf-8")))
