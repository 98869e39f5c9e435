"""What of the show the user chose for a voice, typed; what shows anything is off.

The fields are named as they are stored, as those of `manners`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from enum import StrEnum
import re
from typing import Any, ClassVar, Final, Self

from .const import Effect
from .manners import OptionGroup, Readers

MOST_TARGETS: Final = 16


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


class Follows(StrEnum):
    """Whose level a thing follows."""

    VOICE = "voice"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class LevelTarget:
    """A thing that moves with how loud somebody is; numbers as the user typed them."""

    entity_id: str
    follows: Follows = Follows.VOICE
    lowest: float | None = None
    """A light's brightness (%), a number's value, the level (%) that opens a switch.

    None is what suits the thing.
    """

    highest: float | None = None
    attack_ms: float = 0
    """How long it takes to rise by two thirds of the way."""

    release_ms: float = 80
    """How long it takes to fall by two thirds of the way."""

    offset_ms: float = 0
    """How late the thing is: it is told so much before the sound is heard."""

    calls_per_second: float = 8
    transition_ms: float = 0
    is_candle: bool = True
    """A light is warm, and flickers while nobody speaks."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read one of those that the voice flow stored."""
        known = {name: data[name] for name in _TARGET_FIELDS if name in data}
        return cls(**{**known, "follows": Follows(data.get("follows", Follows.VOICE))})


_TARGET_FIELDS: Final = tuple(each.name for each in fields(LevelTarget))


@dataclass(frozen=True, slots=True)
class JawAndCandle:
    """What moves with the level of the voice or of the visitor."""

    level_targets: tuple[LevelTarget, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what the voice flow stored."""
        return cls(tuple(map(LevelTarget.from_data, data.get("level_targets", ()))))

    @property
    def hears_visitor(self) -> bool:
        """Tell whether anything moves with the visitor's level."""
        return any(each.follows is Follows.VISITOR for each in self.level_targets)


def _effects(stored: Iterable[str]) -> tuple[Effect, ...]:
    """Read which sounds were chosen."""
    return tuple(Effect(name) for name in stored)


@dataclass(frozen=True, slots=True)
class SoundEffects(OptionGroup):
    """Which sounds a voice may play between its sentences."""

    readers: ClassVar[Readers] = {"effects": _effects}

    effects: tuple[Effect, ...] = ()
    most_effects: int = 5
    """How many of them a conversation may hear."""


@dataclass(frozen=True, slots=True)
class Tongue(OptionGroup):
    """What language a voice speaks."""

    language: str | None = None
    """Always this one, a code or a name; None: the visitor's."""


@dataclass(frozen=True, slots=True)
class HouseRules(OptionGroup):
    """What of the house a voice may use, and what keeps it from the rest."""

    readers: ClassVar[Readers] = {
        "llm_apis": tuple,
        "exposed_entities": tuple,
        "sensitive": tuple,
    }

    llm_apis: tuple[str, ...] = ()
    """The ids of Assist and of MCP servers whose tools the model has."""

    exposed_entities: tuple[str, ...] = ()
    """What the tools of Assist may touch, and nothing else."""

    strangers: bool = True
    """Whoever rings may speak with it: nothing that leads to a lock and the like."""

    sensitive: tuple[str, ...] = ()
    """What is touched only after the visitor has said the confirmation phrase."""

    confirmation_phrase: str = field(default="", repr=False)

    def is_told_in(self, text: str) -> bool:
        """Tell whether a text tells the confirmation phrase."""
        return is_said(self.confirmation_phrase, text)


def is_said(phrase: str, text: str) -> bool:
    """Tell whether a text has a phrase's words; an empty phrase is never said."""
    words = _plain(phrase)
    return bool(words) and f" {words} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    """Return a text's words without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


@dataclass(frozen=True, slots=True)
class EnsembleOptions(OptionGroup):
    """How a voice gets on with the other ones of its porch."""

    shares_stage: bool = True
    """It is silent while another voice of its stage talks."""

    stage_name: str | None = None
    """What its stage is called; None: the stage is its area."""

    hands_over: bool = False
    """The model may let another voice of the stage go on."""
