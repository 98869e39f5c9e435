"""Tests of the selects for the persona and the model's voice, and of the buttons."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.character import become
from custom_components.realtime_pumpkin.personas import Persona, async_get_gallery
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.request import AS_USUAL, ConversationRequest
from custom_components.realtime_pumpkin.session_setup import create_config
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import account, async_set_up, only_subentry, only_voice, voice

PERSONA = "select.pumpkin_persona"
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


async def async_be(hass: HomeAssistant, name: str) -> None:
    """Choose a persona."""
    await hass.services.async_call(
        "select", "select_option", {"entity_id": PERSONA, "option": name}, blocking=True
    )
    await hass.async_block_till_done()


async def test_a_voice_becomes_somebody_else_and_finds_itself_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Instructions, first words and voice change; what was written by hand is kept."""
    coordinator = only_voice(loaded_entry)
    pirate = (await async_get_gallery(hass)).personas["pirate"]
    before = {**only_subentry(loaded_entry).data}
    assert hass.states.is_state(PERSONA, "Custom")
    await async_be(hass, "Pirate")
    assert hass.states.is_state(PERSONA, "Pirate")
    options = coordinator.options
    assert (options.instructions, options.openings, options.voice) == (
        pirate.instructions,
        pirate.openings,
        pirate.voice,
    )
    assert only_voice(loaded_entry) is coordinator
    await async_select(hass, "marin")
    await async_be(hass, "Custom")
    assert before.items() <= only_subentry(loaded_entry).data.items()
    assert coordinator.options.openings == ()
    await async_be(hass, "Pirate")
    assert coordinator.options.voice == "marin"


async def test_nobody_is_custom_who_has_written_nothing(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """A persona of the gallery is offered the rest of the gallery."""
    entry = account(realtime_url, voice(data={"persona": "witch"}))
    await async_set_up(hass, entry)
    try:
        state = hass.states.get(PERSONA)
        assert state is not None
        assert state.state == "Witch"
        assert "Pirate" in state.attributes["options"]
        assert "Custom" not in state.attributes["options"]
    finally:
        await hass.config_entries.async_unload(entry.entry_id)


def test_a_voice_that_the_provider_does_not_have_is_not_taken_over() -> None:
    """The pirate of another provider keeps the voice that there is."""
    pirate = Persona("pirate", "Pirate", "", "ash", "Arr!", ("Ahoy!",))
    data = become({"voice": "rex", "model": "m"}, pirate, ["ara", "rex"])
    assert data["voice"] == "rex"
    assert data["model"] == "m"
    assert data["characters"] == {"custom": {"voice": "rex"}}


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

    async def note(request: ConversationRequest = AS_USUAL) -> None:
        """Keep what was asked."""
        asked.append(request)

    monkeypatch.setattr(only_voice(loaded_entry), method, note)
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.pumpkin_{button}"}, blocking=True
    )
    assert asked == [AS_USUAL]
