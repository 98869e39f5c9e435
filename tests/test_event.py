"""Tests of the event entity."""

from typing import Any

from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_restore_state_shutdown_restart,
    mock_restore_cache_with_extra_data,
)

from custom_components.realtime_pumpkin.const import EventName
from tests.common import EVENT_ENTITY_ID, account, async_set_up, only_voice, voice


def happen(entry: MockConfigEntry, name: EventName, **data: Any) -> None:
    """Let something happen in the only voice's conversation."""
    only_voice(entry).events.fire(name, "01JAZ", **data)


def shown(hass: HomeAssistant) -> State:
    """Return the event entity's state."""
    state = hass.states.get(EVENT_ENTITY_ID)
    assert state is not None
    return state


async def test_the_entity_knows_every_event(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Before the first conversation it has the names, and nothing else."""
    state = shown(hass)
    assert state.state == "unknown"
    assert state.attributes["event_types"] == [name.value for name in EventName]


async def test_each_event_is_shown_under_its_name(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The bus and the entity use the same names."""
    seen = []
    for name in EventName:
        happen(loaded_entry, name)
        seen.append(shown(hass).attributes["event_type"])
    assert seen == [name.value for name in EventName]


async def test_the_attributes_are_the_events_data_without_our_own_ids(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """An entity needs not say who it is."""
    happen(
        loaded_entry,
        EventName.USER_TRANSCRIPT,
        entity_id="assist_satellite.pumpkin",
        device_id="d1",
        conversation_id="c1",
        text="Trick or treat!",
    )
    attributes = shown(hass).attributes
    assert attributes["conversation_id"] == "c1"
    assert attributes["text"] == "Trick or treat!"
    assert "device_id" not in attributes
    assert "entity_id" not in attributes


async def test_words_that_are_for_events_only_are_not_shown_by_the_entity(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """The bus has them; the entity says only that something was said."""
    entry = account(realtime_url, voice(data={"transcripts": "events"}))
    await async_set_up(hass, entry)
    try:
        happen(entry, EventName.USER_TRANSCRIPT, text="I am Tim.", item_id="i1")
        attributes = shown(hass).attributes
        assert attributes["item_id"] == "i1"
        assert "text" not in attributes
    finally:
        await hass.config_entries.async_unload(entry.entry_id)


async def test_what_was_said_is_kept_in_no_database(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The recorder is told to leave the words out."""
    happen(loaded_entry, EventName.USER_TRANSCRIPT, text="I am Tim.", item_id="i1")
    info = shown(hass).state_info
    assert info is not None
    assert {"text", "transcript", "summary", "delta", "arguments"} <= (
        info["unrecorded_attributes"]
    )
    assert "item_id" not in info["unrecorded_attributes"]


async def test_what_was_said_does_not_survive_a_restart(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The restore file keeps what happened, but no words."""
    happen(loaded_entry, EventName.USER_TRANSCRIPT, text="I am Tim.", item_id="i1")
    data = await async_mock_restore_state_shutdown_restart(hass)
    stored = data.last_states[EVENT_ENTITY_ID].extra_data
    assert stored is not None
    assert stored.as_dict() == {
        "last_event_type": "user_transcript",
        "last_event_attributes": {"conversation_id": "01JAZ", "item_id": "i1"},
    }


async def test_the_last_event_is_shown_again_after_a_restart(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """A dashboard does not go blank."""
    then = "2026-10-31T18:00:00.000+00:00"
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State(EVENT_ENTITY_ID, then),
                {"last_event_type": "finished", "last_event_attributes": {}},
            )
        ],
    )
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    assert shown(hass).state == then
    assert shown(hass).attributes["event_type"] == "finished"
    await hass.config_entries.async_unload(entry.entry_id)


async def test_an_unloaded_entity_listens_no_more(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Unloading takes the listener back."""
    voice = only_voice(loaded_entry)
    before = len(voice.events._listeners)
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    assert len(voice.events._listeners) == before - 1
    assert voice.events._listeners == [voice.tally.hear]
