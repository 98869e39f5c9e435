"""What every test needs so that Home Assistant finds this integration."""

# First of all imports: the test plugin's own `custom_components` is a package and
# would win over ours, which is a bare folder as in a user's configuration.
import custom_components  # noqa: F401  # isort: skip

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest


@pytest.fixture(autouse=True)
def find_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant look for custom integrations, in tests that have one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
async def homeassistant_component(hass: HomeAssistant) -> None:
    """Set up `homeassistant`, without which `conversation` cannot be set up."""
    assert await async_setup_component(hass, "homeassistant", {})
