"""What of the show the user chose for a voice, typed; all of it is off by default.

The fields are named as they are stored, as those of `manners`.
"""

from dataclasses import dataclass
from datetime import time
from typing import ClassVar

from .manners import OptionGroup, Readers


@dataclass(frozen=True, slots=True)
class Eyes(OptionGroup):
    """What a voice sees."""

    camera: str | None = None
    """The camera entity whose pictures the model is shown; None: none at all."""

    picture_edge: int = 768
    """How long the longer edge of a picture may be, in pixels."""

    looks_again: bool = True
    """The model may ask for further pictures in a conversation."""


@dataclass(frozen=True, slots=True)
class NightMemory(OptionGroup):
    """What a voice remembers of the visitors of a night."""

    readers: ClassVar[Readers] = {"night_ends": time.fromisoformat}

    remembers_night: bool = False
    remembered_visits: int = 5
    """How many of the last conversations the next one is told of."""

    night_ends: time | None = None
    """When all is forgotten, in the house's time; None: at sunrise."""
