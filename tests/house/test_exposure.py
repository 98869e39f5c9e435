"""What is exposed to a voice alone goes with it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN
from tests.common import account, async_set_up, only_subentry, voice


@pytest.mark.usefixtures("homeassistant_component")
async def test_what_was_exposed_to_a_voice_that_is_gone_is_forgotten(
    hass: HomeAssistant, realtime_url: str, entity_registry: er.EntityRegistry
) -> None:
    """At the next set-up; what others are exposed to is nobody's business here."""
    entry = account(realtime_url, voice())
    there = f"{DOMAIN}.{only_subentry(entry).subentry_id}"
    lamp = entity_registry.async_get_or_create("light", "demo", "porch").entity_id
    for assistant in (there, f"{DOMAIN}.gone", "conversation"):
        entity_registry.async_update_entity_options(
            lamp, assistant, {"should_expose": True}
        )
    await async_set_up(hass, entry)
    exposed = entity_registry.async_get(lamp)
    assert exposed is not None
    assert exposed.options.keys() == {there, "conversation"}
