"""When a night ends: at sunrise, or at a time of the house."""

from datetime import datetime, time, timedelta
from typing import Final

from homeassistant.const import SUN_EVENT_SUNRISE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.sun import get_astral_event_next
from homeassistant.util import dt as dt_util

LONGEST_NIGHT: Final = timedelta(hours=24)
POLAR_DAWN: Final = time(6)
"""When a night ends where the sun does not rise within a day."""


def next_dawn(hass: HomeAssistant, after: datetime, at: time | None) -> datetime:
    """Return when a night that had begun then ends, in UTC; None: at sunrise."""
    if at is None:
        try:
            sunrise = get_astral_event_next(hass, SUN_EVENT_SUNRISE, after)
        except ValueError:
            at = POLAR_DAWN
        else:
            if sunrise - after <= LONGEST_NIGHT:
                return sunrise
            at = POLAR_DAWN
    return _next(after, at)


def _next(after: datetime, at: time) -> datetime:
    """Return the first time after another at which the house's clock shows this."""
    local = dt_util.as_local(after)
    for days in (0, 1):
        day = local.date() + timedelta(days=days)
        wanted = datetime.combine(day, at.replace(tzinfo=None), local.tzinfo)
        if wanted > local:
            break
    return dt_util.as_utc(wanted)
