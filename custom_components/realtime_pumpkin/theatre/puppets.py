"""Things that move with a level: what each makes of it, and who else has a hand in it."""

from abc import ABC, abstractmethod
import math
from typing import Any, Final, override
import zlib

from homeassistant.components.light.const import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_RGB_COLOR,
    ATTR_SUPPORTED_COLOR_MODES,
    ATTR_TRANSITION,
    COLOR_MODES_COLOR,
    DOMAIN as LIGHT_DOMAIN,
    ColorMode,
    LightEntityFeature,
)
from homeassistant.components.number.const import (
    ATTR_MAX,
    ATTR_MIN,
    ATTR_STEP,
    ATTR_VALUE,
    SERVICE_SET_VALUE,
)
from homeassistant.const import (
    ATTR_SUPPORTED_FEATURES,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import Context, State, split_entity_id

from ..lending import LoanKind, Order
from ..staging import LevelTarget
from .flicker import Flicker

_BRIGHTEST: Final = 255
_FLAME_RGB: Final = (255, 138, 36)
_FLAME_KELVIN: Final = 2000
_HIGHEST_FLAME: Final = 0.22
"""How far a candle that nobody speaks to burns at most."""

_DARKEST_PERCENT: Final = 8.0
_OFF_BELOW_PERCENT: Final = 20.0
_ON_ABOVE_PERCENT: Final = 35.0


class Puppet(ABC):
    """A thing that is moved between two ends, 0 and 1."""

    kind: LoanKind

    def __init__(self, target: LevelTarget, state: State) -> None:
        """Take a thing as it is."""
        self.target = target
        self.domain = split_entity_id(target.entity_id)[0]

    def passes(self, now: float) -> None:
        """Let time pass (seconds) for what moves by itself."""
        return  # Most of them do not.

    @abstractmethod
    def place(self, level: float, held: float) -> float:
        """Return where it belongs at a level, coming from another place."""

    @abstractmethod
    def order(self, place: float) -> Order:
        """Return what is called to move it there."""

    def is_touched(self, before: State | None, now: State, ours: Context) -> bool:
        """Tell whether somebody else has changed it: a person or an automation."""
        if now.context.id == ours.id:
            return False
        return now.context.user_id is not None or now.context.parent_id is not None


class Light(Puppet):
    """A light, which may burn like a candle."""

    kind = LoanKind.LIGHT

    def __init__(self, target: LevelTarget, state: State) -> None:
        """Take a light as it is."""
        super().__init__(target, state)
        lowest = _DARKEST_PERCENT if target.lowest is None else target.lowest
        highest = 100.0 if target.highest is None else target.highest
        self._range = (lowest, highest)
        self._data = self._every_time(state)
        self._once = _warm(state) if target.is_candle else {}
        self._flicker = Flicker(zlib.crc32(target.entity_id.encode()))
        self._rest = 0.0

    def _every_time(self, state: State) -> dict[str, Any]:
        """Return what goes with each brightness."""
        features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
        if not features & LightEntityFeature.TRANSITION:
            return {}
        return {ATTR_TRANSITION: self.target.transition_ms / 1000}

    @override
    def passes(self, now: float) -> None:
        """Let the flame flicker."""
        if self.target.is_candle:
            self._rest = self._flicker.at(now) * _HIGHEST_FLAME

    @override
    def place(self, level: float, held: float) -> float:
        """Burn higher the louder it is; eyes see a square as a line."""
        return self._rest + (1 - self._rest) * level**2

    @override
    def order(self, place: float) -> Order:
        """Set the brightness; a light that is told to be 0 % bright would go out."""
        lowest, highest = self._range
        percent = lowest + (highest - lowest) * place
        brightness = max(1, round(percent / 100 * _BRIGHTEST))
        data = {ATTR_BRIGHTNESS: brightness, **self._once, **self._data}
        self._once = {}
        return self.domain, SERVICE_TURN_ON, data

    @override
    def is_touched(self, before: State | None, now: State, ours: Context) -> bool:
        """Tell it also of a switch on the wall: we never switch a light off."""
        if super().is_touched(before, now, ours):
            return True
        was_on = before is not None and before.state == STATE_ON
        return was_on and now.state == STATE_OFF


def _warm(state: State) -> dict[str, Any]:
    """Return what gives a light the colour of a flame, as near as it comes."""
    modes = set(state.attributes.get(ATTR_SUPPORTED_COLOR_MODES) or ())
    if modes & COLOR_MODES_COLOR:
        return {ATTR_RGB_COLOR: _FLAME_RGB}
    if ColorMode.COLOR_TEMP in modes:
        return {ATTR_COLOR_TEMP_KELVIN: _FLAME_KELVIN}
    return {}


class Number(Puppet):
    """A number, such as the angle of a servo."""

    kind = LoanKind.NUMBER

    def __init__(self, target: LevelTarget, state: State) -> None:
        """Take a number as it is, within what it can be."""
        super().__init__(target, state)
        least = float(state.attributes.get(ATTR_MIN, 0.0))
        most = float(state.attributes.get(ATTR_MAX, 100.0))
        lowest = least if target.lowest is None else max(least, target.lowest)
        highest = most if target.highest is None else min(most, target.highest)
        self._lowest, self._width = lowest, max(highest - lowest, 0.0)
        step = float(state.attributes.get(ATTR_STEP) or 0)
        self._steps = math.floor(self._width / step + 1e-9) if step > 0 else 0
        self._step = step

    @override
    def place(self, level: float, held: float) -> float:
        """Open wider the louder it is, in the number's own steps."""
        if not self._steps:
            return level
        return round(level * self._steps) * self._step / self._width

    @override
    def order(self, place: float) -> Order:
        """Set the value."""
        value = round(self._lowest + self._width * place, 6)
        return self.domain, SERVICE_SET_VALUE, {ATTR_VALUE: value}


class Switch(Puppet):
    """What is on while it is loud; it does not tremble at the border."""

    kind = LoanKind.SWITCH

    def __init__(self, target: LevelTarget, state: State) -> None:
        """Take a switch as it is."""
        super().__init__(target, state)
        below = _OFF_BELOW_PERCENT if target.lowest is None else target.lowest
        above = _ON_ABOVE_PERCENT if target.highest is None else target.highest
        self._below, self._above = min(below, above) / 100, above / 100

    @override
    def place(self, level: float, held: float) -> float:
        """Be on above one level, off below another, and stay between them."""
        if level > self._above:
            return 1.0
        return 0.0 if level < self._below else held

    @override
    def order(self, place: float) -> Order:
        """Switch it."""
        action = SERVICE_TURN_ON if place >= 0.5 else SERVICE_TURN_OFF
        return self.domain, action, {}


def puppet(target: LevelTarget, state: State) -> Puppet:
    """Return what a thing is, by its entity."""
    match split_entity_id(target.entity_id)[0]:
        case domain if domain == LIGHT_DOMAIN:
            return Light(target, state)
        case "number" | "input_number":
            return Number(target, state)
        case _:
            return Switch(target, state)
