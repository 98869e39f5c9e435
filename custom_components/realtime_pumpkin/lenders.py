"""How each kind of what is borrowed is read, set and judged."""

from collections.abc import Mapping
from datetime import timedelta
import math
from typing import Any, Final

from homeassistant.components.assist_pipeline import OPTION_PREFERRED
from homeassistant.components.light.const import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_MODE,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_HS_COLOR,
    ATTR_RGB_COLOR,
    ATTR_RGBW_COLOR,
    ATTR_RGBWW_COLOR,
    ATTR_WHITE,
    ATTR_XY_COLOR,
    DOMAIN as LIGHT_DOMAIN,
    ColorMode,
)
from homeassistant.components.media_player.const import (
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_VOLUME_LEVEL,
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    SERVICE_PLAY_MEDIA,
    MediaPlayerState,
    MediaType,
)
from homeassistant.components.number.const import ATTR_VALUE, SERVICE_SET_VALUE
from homeassistant.components.select import ATTR_OPTIONS, DOMAIN as SELECT_DOMAIN
from homeassistant.const import (
    ATTR_OPTION,
    ATTR_STATE,
    SERVICE_SELECT_OPTION,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    SERVICE_VOLUME_SET,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import State, split_entity_id
from homeassistant.helpers.json import json_dumps
from homeassistant.util import dt as dt_util
from homeassistant.util.json import json_loads_object
from pydantic import TypeAdapter

from .lending import Lender, Loan, LoanKind, Order, Verdict
from .stored import read

_AWAY: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
# Players round: some to hundredths, some to their own steps.
_SAME_VOLUME: Final = 0.02
# Music that comes back later than this would be a fright and no kindness.
_MUSIC_IS_MISSED: Final = timedelta(minutes=10)
_PLAYING: Final = frozenset({MediaPlayerState.PLAYING, MediaPlayerState.BUFFERING})
_SILENT: Final = frozenset(
    {MediaPlayerState.IDLE, MediaPlayerState.PAUSED, MediaPlayerState.ON}
)
_AUDIBLE: Final = frozenset({MediaType.MUSIC, MediaType.TRACK, MediaType.PODCAST})
_ANYWHERE: Final = ("http://", "https://")
_COLOURS: Final[Mapping[str | None, str]] = {
    ColorMode.COLOR_TEMP: ATTR_COLOR_TEMP_KELVIN,
    ColorMode.HS: ATTR_HS_COLOR,
    ColorMode.RGB: ATTR_RGB_COLOR,
    ColorMode.RGBW: ATTR_RGBW_COLOR,
    ColorMode.RGBWW: ATTR_RGBWW_COLOR,
    ColorMode.XY: ATTR_XY_COLOR,
}


class _Option:
    """The option of a select."""

    comes_back_at_stop = True
    is_confirmed = False

    def check(self, loan: Loan) -> None:
        """Take any name."""

    def read(self, state: State) -> str | None:
        """Return what is chosen."""
        return state.state

    def is_same(self, one: str, other: str) -> bool:
        """Compare names."""
        return one == other

    def take(self, ours: str) -> Order | None:
        """Choose."""
        return SELECT_DOMAIN, SERVICE_SELECT_OPTION, {ATTR_OPTION: ours}

    def judge(self, loan: Loan, state: State | None) -> Verdict:
        """Leave another choice alone, but not what a select falls back to.

        That is what it shows when what we have chosen is renamed or deleted.
        """
        if state is None or state.state in _AWAY:
            return Verdict.LATER
        is_gone = loan.ours not in state.attributes.get(ATTR_OPTIONS, ())
        is_ours = state.state == (OPTION_PREFERRED if is_gone else loan.ours)
        return Verdict.NOW if is_ours else Verdict.NEVER

    def give(self, loan: Loan, state: State) -> Order:
        """Choose what was chosen, or the preferred one where that is gone."""
        is_there = loan.old in state.attributes.get(ATTR_OPTIONS, ())
        option = loan.old if is_there else OPTION_PREFERRED
        return SELECT_DOMAIN, SERVICE_SELECT_OPTION, {ATTR_OPTION: option}


class _Volume:
    """The volume of a player, from 0 to 1."""

    comes_back_at_stop = True
    is_confirmed = True

    def check(self, loan: Loan) -> None:
        """Want two volumes."""
        _finite(loan.old)
        _finite(loan.ours)

    def read(self, state: State) -> str | None:
        """Return the volume; a player that is off shows none."""
        level = state.attributes.get(ATTR_MEDIA_VOLUME_LEVEL)
        return None if level is None else str(level)

    def is_same(self, one: str, other: str) -> bool:
        """Compare as players round."""
        return abs(float(one) - float(other)) < _SAME_VOLUME

    def take(self, ours: str) -> Order | None:
        """Set the volume."""
        return _volume(ours)

    def judge(self, loan: Loan, state: State | None) -> Verdict:
        """Leave a volume that a person has set alone.

        The old one may be shown still while ours is on its way.
        """
        level = None if state is None else self.read(state)
        if level is None:
            return Verdict.LATER
        is_known = self.is_same(level, loan.ours) or self.is_same(level, loan.old)
        return Verdict.NOW if is_known else Verdict.NEVER

    def give(self, loan: Loan, state: State) -> Order:
        """Set the volume that it had."""
        return _volume(loan.old)


class _Music:
    """What a player plays: the address that anything else is played instead of."""

    comes_back_at_stop = False
    is_confirmed = False

    def check(self, loan: Loan) -> None:
        """Want a time."""
        since = dt_util.parse_datetime(loan.since, raise_on_error=True)
        if since.tzinfo is None:
            raise ValueError("a time without its zone")

    def read(self, state: State) -> str | None:
        """Return what plays, where playing it again is known to work.

        That is an address of the web with nothing but sound. Queues, and what
        only the player's own service knows, cannot be put back.
        """
        content = state.attributes.get(ATTR_MEDIA_CONTENT_ID)
        kind = state.attributes.get(ATTR_MEDIA_CONTENT_TYPE)
        if state.state not in _PLAYING or not str(content).startswith(_ANYWHERE):
            return None
        return str(content) if kind in _AUDIBLE else None

    def is_same(self, one: str, other: str) -> bool:
        """Tell whether a voice plays: its addresses have one part in common."""
        return other in one

    def take(self, ours: str) -> Order | None:
        """Do nothing: the voice's own sound takes its place."""
        return None

    def judge(self, loan: Loan, state: State | None) -> Verdict:
        """Leave a player alone that plays something new, or that was switched off."""
        since = dt_util.parse_datetime(loan.since, raise_on_error=True)
        if dt_util.utcnow() - since > _MUSIC_IS_MISSED:
            return Verdict.NEVER
        if state is None or state.state in _AWAY:
            return Verdict.LATER
        if state.state in _SILENT:
            return Verdict.NOW
        content = state.attributes.get(ATTR_MEDIA_CONTENT_ID)
        if state.state not in _PLAYING or content == loan.old:
            return Verdict.NEVER
        if content is None:
            return Verdict.LATER
        return Verdict.NOW if loan.ours in content else Verdict.NEVER

    def give(self, loan: Loan, state: State) -> Order:
        """Play it again."""
        return (
            MEDIA_PLAYER_DOMAIN,
            SERVICE_PLAY_MEDIA,
            {
                ATTR_MEDIA_CONTENT_ID: loan.old,
                ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC,
            },
        )


def _finite(text: str) -> float:
    """Return a number; raise `ValueError` where it is none that can be set."""
    if not math.isfinite(number := float(text)):
        raise ValueError("no finite number")
    return number


def _volume(level: str) -> Order:
    """Return what sets a volume."""
    data = {ATTR_MEDIA_VOLUME_LEVEL: float(level)}
    return MEDIA_PLAYER_DOMAIN, SERVICE_VOLUME_SET, data


class _Moved:
    """What a voice moves all the time, and nobody else has touched."""

    comes_back_at_stop = True
    is_confirmed = False

    def check(self, loan: Loan) -> None:
        """Take any state."""

    def read(self, state: State) -> str | None:
        """Return the state; what is away has none."""
        return None if state.state in _AWAY else state.state

    def is_same(self, one: str, other: str) -> bool:
        """Take no state for the one that it is moved to."""
        return False

    def take(self, ours: str) -> Order | None:
        """Do nothing: it is moved again and again while it is lent."""
        return None

    def judge(self, loan: Loan, state: State | None) -> Verdict:
        """Give back what is there: who changed it has been given it already."""
        is_there = state is not None and state.state not in _AWAY
        return Verdict.NOW if is_there else Verdict.LATER


class _Light(_Moved):
    """A light, with its brightness, its colour and its effect."""

    def check(self, loan: Loan) -> None:
        """Want to know at least whether it was on."""
        if ATTR_STATE not in json_loads_object(loan.old):
            raise ValueError("a light without a state")

    def read(self, state: State) -> str | None:
        """Return all that makes it look as it does, as JSON."""
        if state.state in _AWAY:
            return None
        shown = {ATTR_STATE: state.state}
        for name in (ATTR_BRIGHTNESS, ATTR_EFFECT, *_colour_of(state)):
            if (value := state.attributes.get(name)) is not None:
                shown[name] = value
        if state.attributes.get(ATTR_COLOR_MODE) == ColorMode.WHITE:
            shown[ATTR_WHITE] = shown.pop(ATTR_BRIGHTNESS)
        return json_dumps(shown)

    def judge(self, loan: Loan, state: State | None) -> Verdict:
        """Leave a light off that somebody has switched off."""
        was_on = json_loads_object(loan.old)[ATTR_STATE] == STATE_ON
        if was_on and state is not None and state.state == STATE_OFF:
            return Verdict.NEVER
        return super().judge(loan, state)

    def give(self, loan: Loan, state: State) -> Order:
        """Switch it off, or on as it was."""
        old = json_loads_object(loan.old)
        if old.pop(ATTR_STATE) != STATE_ON:
            return LIGHT_DOMAIN, SERVICE_TURN_OFF, {}
        return LIGHT_DOMAIN, SERVICE_TURN_ON, old


def _colour_of(state: State) -> tuple[str, ...]:
    """Return the attribute that holds a light's colour, as its mode says."""
    name = _COLOURS.get(state.attributes.get(ATTR_COLOR_MODE))
    return () if name is None else (name,)


class _Number(_Moved):
    """The value of a number."""

    def check(self, loan: Loan) -> None:
        """Want a value."""
        _finite(loan.old)

    def give(self, loan: Loan, state: State) -> Order:
        """Set it."""
        domain = split_entity_id(loan.entity_id)[0]
        return domain, SERVICE_SET_VALUE, {ATTR_VALUE: float(loan.old)}


class _Switch(_Moved):
    """Whether a switch is on."""

    def give(self, loan: Loan, state: State) -> Order:
        """Switch it."""
        domain = split_entity_id(loan.entity_id)[0]
        is_on = loan.old == STATE_ON
        return domain, SERVICE_TURN_ON if is_on else SERVICE_TURN_OFF, {}


LENDERS: Final[Mapping[LoanKind, Lender]] = {
    LoanKind.OPTION: _Option(),
    LoanKind.VOLUME: _Volume(),
    LoanKind.MUSIC: _Music(),
    LoanKind.LIGHT: _Light(),
    LoanKind.NUMBER: _Number(),
    LoanKind.SWITCH: _Switch(),
}

_LOAN: Final = TypeAdapter(Loan)


def read_loan(stored: Any) -> Loan:
    """Return a stored loan; raise `ValueError` where it cannot be given back."""
    loan = read(_LOAN, stored)
    LENDERS[loan.kind].check(loan)
    return loan
