"""Tests of what Home Assistant knows of its satellites."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.links.satellites import talking_satellite

SATELLITE = "assist_satellite.hall"
HOUR_S = 3600


async def test_a_satellite_that_begins_to_listen_is_whose_run_it_is(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It was set to listening in the same step of the loop."""
    hass.states.async_set(SATELLITE, "listening")
    assert talking_satellite(hass) == SATELLITE


async def test_a_satellite_that_has_listened_for_a_while_is_not(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Somebody else runs the pipeline then, in a browser, say."""
    hass.states.async_set(SATELLITE, "listening")
    freezer.tick(1)
    assert talking_satellite(hass) is None


async def test_a_clock_that_is_set_back_leaves_it_to_whoever_just_began(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """One that has listened since before seems to begin in an hour."""
    hass.states.async_set("assist_satellite.attic", "listening")
    freezer.tick(-HOUR_S)
    assert talking_satellite(hass) is None
    hass.states.async_set(SATELLITE, "listening")
    assert talking_satellite(hass) == SATELLITE
