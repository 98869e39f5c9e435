"""How a voice is to behave, as the user chose it, typed.

The fields are named as they are stored; what was never stored is the default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import time
from enum import StrEnum
from typing import Any, ClassVar, Self

from .const import BusyPolicy, Eagerness, NoiseReduction, TurnDetection

type Readers = Mapping[str, Callable[[Any], Any]]


class OptionGroup:
    """Options that are read together."""

    __slots__ = ()
    # What JSON cannot hold as it is.
    readers: ClassVar[Readers] = {}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what the voice flow stored."""
        return cls(
            **{
                name: cls.readers.get(name, _as_it_is)(data[name])
                for name in cls.names()
                if name in data
            }
        )

    def as_data(self) -> dict[str, Any]:
        """Return the options as they are stored, in JSON's types."""
        return {name: _stored(getattr(self, name)) for name in self.names()}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the options."""
        return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]


def _stored(value: Any) -> Any:
    """Return a value in JSON's types."""
    match value:
        case StrEnum():
            return value.value
        case time():
            return value.isoformat()
        case tuple():
            return [_stored(each) for each in value]
        case _:
            return value


def _as_it_is(value: Any) -> Any:
    """Return what needs no reading."""
    return value


@dataclass(frozen=True, slots=True)
class TurnTaking(OptionGroup):
    """How voice and visitor take turns."""

    readers: ClassVar[Readers] = {
        "turn_detection": TurnDetection,
        "eagerness": Eagerness,
        "noise_reduction": NoiseReduction,
    }

    echo_tail_ms: int = 400
    """How long the half-duplex gate stays closed after the last sound."""

    min_speech_ms: int = 300
    """How much must be spoken into an answer before it counts; 0: any sound."""

    turn_detection: TurnDetection = TurnDetection.SERVER_VAD
    threshold: float | None = None
    """How sure server VAD must be of speech (0 to 1); None: as was measured."""

    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    eagerness: Eagerness = Eagerness.AUTO
    noise_reduction: NoiseReduction = NoiseReduction.FAR_FIELD
    trims_silence: bool = True
    """Answers begin without the silence that the model begins them with."""


@dataclass(frozen=True, slots=True)
class Limits(OptionGroup):
    """How long, how often and for how much a voice talks."""

    readers: ClassVar[Readers] = {
        "busy": BusyPolicy,
        "quiet_from": time.fromisoformat,
        "quiet_until": time.fromisoformat,
    }

    max_duration_s: int = 240
    idle_timeout_s: int = 20
    busy: BusyPolicy = BusyPolicy.TELL
    cooldown_s: int = 0
    """How long after a conversation no other one starts."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    daily_budget_usd: float = 5.0
    """What a day may cost before no conversation starts any more; 0: anything."""

    monthly_budget_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Children(OptionGroup):
    """How a voice treats whoever may be a child."""

    safety_rules: bool = True
    says_it_is_a_computer: bool = False
