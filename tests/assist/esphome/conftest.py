"""One set-up for all tests of ESPHome satellites."""

from homeassistant.core import HomeAssistant
import pytest

from tests.assist.esphome.room import MakeRoom, Room
from tests.satellite_bench import AddSatellite, Satellite


@pytest.fixture(autouse=True)
def rules(homeassistant_component: None, socket_enabled: None, impatient: None) -> None:
    """Use real sockets, and wait for nothing as long as people would."""


@pytest.fixture
def room(hass: HomeAssistant, satellite: Satellite) -> Room:
    """Return a house with one satellite named Porch."""
    return Room(hass, satellite)


@pytest.fixture
def make_room(hass: HomeAssistant, add_satellite: AddSatellite) -> MakeRoom:
    """Return what makes a house whose satellite is special; see `add_satellite`."""

    async def make(**options: object) -> Room:
        """Switch the satellite on."""
        return Room(hass, await add_satellite(**options))

    return make
