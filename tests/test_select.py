"""Tests of the select for the model's voice."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.session_setup import create_config
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import account, async_set_up, only_subentry, only_voice, voice

SELECT = "select.pumpkin_voice"


async def async_select(hass: HomeAssistant, option: str) -> None:
    """Choose a voice."""
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": SELECT, "option": option},
        blocking=True,
    )
    await hass.async_block_till_done()


async def test_a_voice_that_is_chosen_speaks_in_the_next_conversation(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """It is stored, shown and used; the running conversation is left alone."""
    coordinator = only_voice(loaded_entry)
    state = VoiceState(phase=Phase.RESPONDING, conversation_id="c1")
    coordinator.async_set_updated_data(state)
    await async_select(hass, "marin")
    assert hass.states.is_state(SELECT, "marin")
    assert only_subentry(loaded_entry).data["voice"] == "marin"
    assert only_voice(loaded_entry) is coordinator
    assert coordinator.data == state
    assert create_config(hass, coordinator.options, None, ()).voice == "marin"
    coordinator.async_set_updated_data(VoiceState())


async def test_a_voice_that_was_typed_in_stays_to_be_chosen(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """Servers of one's own have voices that nobody else knows."""
    entry = account(realtime_url, voice(data={"voice": "grandma"}))
    await async_set_up(hass, entry)
    try:
        state = hass.states.get(SELECT)
        assert state is not None
        assert state.state == "grandma"
        assert {"grandma", "echo"} <= set(state.attributes["options"])
    finally:
        await hass.config_entries.async_unload(entry.entry_id)


async def test_what_configures_is_told_from_what_is_used_daily(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    """A dashboard that is made by itself does not show it."""
    entity = entity_registry.async_get(SELECT)
    assert entity is not None
    assert entity.entity_category == "config"


@pytest.mark.parametrize(
    ("button", "method"),
    [
        ("start_conversation", "async_start_conversation"),
        ("stop_conversation", "async_stop_conversation"),
    ],
)
async def test_a_button_does_what_the_action_does(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    button: str,
    method: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pressing asks the voice, with nothing else to say."""
    asked = []

    async def note(**options: object) -> None:
        """Keep what was asked."""
        asked.append(options)

    monkeypatch.setattr(only_voice(loaded_entry), method, note)
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.pumpkin_{button}"}, blocking=True
    )
    assert asked == [{}]
