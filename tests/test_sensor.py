"""Tests of the sensors and binary sensors of a voice."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from unittest.mock import PropertyMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.sensor import ATTR_LAST_RESET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.realtime_pumpkin.const import Connection, EventName
from custom_components.realtime_pumpkin.realtime.events import (
    Phase,
    SessionLost,
    SessionStarted,
)
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import account, async_set_up, only_subentry, only_voice, voice
from tests.porch import GOODBYE, GREETING, at_the_door

OFF_BY_DEFAULT = {
    "sensor.pumpkin_last_heard",
    "sensor.pumpkin_last_said",
    "sensor.pumpkin_response_latency",
    "sensor.pumpkin_tokens_today",
}


@pytest.fixture(name="all_enabled")
def all_enabled_fixture() -> Iterator[None]:
    """Enable the entities that are off by default."""
    with patch.object(
        Entity, "entity_registry_enabled_default", PropertyMock(return_value=True)
    ):
        yield


@pytest.fixture(name="eve")
def eve_fixture(freezer: FrozenDateTimeFactory) -> None:
    """Let it be the evening before Halloween, before anything is set up."""
    freezer.move_to(datetime(2026, 10, 30, 22, tzinfo=dt_util.get_default_time_zone()))


def shown(hass: HomeAssistant, entity_id: str) -> State:
    """Return an entity's state."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


def happen(entry: MockConfigEntry, name: EventName, /, **data: Any) -> None:
    """Let something happen in the only voice's conversation."""
    only_voice(entry).events.fire(name, "c1", **data)


def spend(entry: MockConfigEntry, tokens: int, usd: float) -> None:
    """Put a conversation into the books."""
    entry.runtime_data.ledger.record(
        only_subentry(entry).subentry_id, {"output_audio": tokens}, usd, dt_util.now()
    )
    only_voice(entry).async_update_listeners()


async def test_words_and_figures_for_experts_are_off_by_default(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    """What visitors say is shown to those who ask for it."""
    entries = er.async_entries_for_config_entry(entity_registry, loaded_entry.entry_id)
    assert {entry.entity_id for entry in entries if entry.disabled} == OFF_BY_DEFAULT
    assert {e.entity_id for e in entries if e.entity_category == "diagnostic"} == {
        "button.pumpkin_porch_check",
        "sensor.pumpkin_response_latency",
        "sensor.pumpkin_session",
        "sensor.pumpkin_tokens_today",
    }


@pytest.mark.usefixtures("all_enabled", "eve")
async def test_what_was_used_adds_up_and_the_day_and_the_month_begin_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded_entry: MockConfigEntry
) -> None:
    """The sensors turn at midnight of the house, without any conversation."""
    spend(loaded_entry, 100, 0.125)
    spend(loaded_entry, 50, 0.25)
    sensors = ("conversations_today", "tokens_today", "cost_today", "cost_this_month")

    def figures() -> list[str]:
        """Return what the sensors show."""
        return [shown(hass, f"sensor.pumpkin_{key}").state for key in sensors]

    assert figures() == ["2", "150", "0.375", "0.375"]
    midnight = datetime(2026, 10, 31, tzinfo=dt_util.get_default_time_zone())
    freezer.move_to(midnight)
    async_fire_time_changed(hass, midnight)
    await hass.async_block_till_done()
    assert figures() == ["0", "0", "0.0", "0.375"]
    today = shown(hass, "sensor.pumpkin_cost_today").attributes
    assert today[ATTR_LAST_RESET] == midnight.isoformat()
    month = shown(hass, "sensor.pumpkin_cost_this_month").attributes
    assert month[ATTR_LAST_RESET] == midnight.replace(day=1).isoformat()
    november = midnight.replace(month=11, day=1)
    freezer.move_to(november)
    async_fire_time_changed(hass, november)
    await hass.async_block_till_done()
    assert figures() == ["0", "0", "0.0", "0.0"]


async def test_money_is_a_total_in_dollars(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """So statistics know that it begins anew."""
    for key in ("cost_today", "cost_this_month"):
        attributes = shown(hass, f"sensor.pumpkin_{key}").attributes
        assert attributes["device_class"] == "monetary"
        assert attributes["state_class"] == "total"
        assert attributes["unit_of_measurement"] == "USD"


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        (EventName.USER_TRANSCRIPT, "sensor.pumpkin_last_heard"),
        (EventName.ASSISTANT_TRANSCRIPT, "sensor.pumpkin_last_said"),
    ],
)
async def test_long_words_are_cut_in_the_state_and_whole_in_the_attribute(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, name: EventName, entity_id: str
) -> None:
    """A state holds 255 characters; the attribute is kept in no database."""
    assert shown(hass, entity_id).state == "unknown"
    happen(loaded_entry, name, text="o" * 300)
    state = shown(hass, entity_id)
    assert state.state == "o" * 255
    assert state.attributes["text"] == "o" * 300
    assert state.state_info is not None
    assert "text" in state.state_info["unrecorded_attributes"]


@pytest.mark.usefixtures("all_enabled", "homeassistant_component")
@pytest.mark.parametrize("transcripts", ["events", "none"])
async def test_words_are_shown_by_no_entity_where_they_are_not_for_entities(
    hass: HomeAssistant, realtime_url: str, transcripts: str
) -> None:
    """What was said stays where the voice's form says."""
    entry = account(realtime_url, voice(data={"transcripts": transcripts}))
    await async_set_up(hass, entry)
    try:
        happen(entry, EventName.USER_TRANSCRIPT, text="I am Tim.")
        state = shown(hass, "sensor.pumpkin_last_heard")
        assert state.state == "unknown"
        assert state.attributes["text"] is None
    finally:
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("all_enabled")
async def test_a_response_is_measured_in_milliseconds(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The service waited for half a second of silence first."""
    happen(loaded_entry, EventName.SPEECH_STOPPED)
    happen(loaded_entry, EventName.AUDIO_STARTED)
    latency = shown(hass, "sensor.pumpkin_response_latency")
    assert 500 <= float(latency.state) < 2000
    assert latency.attributes["unit_of_measurement"] == "ms"


async def test_the_session_goes_through_its_states(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Lost, opened again, closed, and why."""
    voice = only_voice(loaded_entry)
    seen = [shown(hass, "sensor.pumpkin_session").state]
    voice.async_set_updated_data(voice.data.started("c1"))
    seen.append(shown(hass, "sensor.pumpkin_session").state)
    for update in (SessionStarted("s1", False), SessionLost()):
        voice.conversation_updated(update)
        seen.append(shown(hass, "sensor.pumpkin_session").state)
    voice.async_set_updated_data(voice.data.ended("idle"))
    state = shown(hass, "sensor.pumpkin_session")
    assert [*seen, state.state] == [
        Connection.CLOSED,
        Connection.CONNECTING,
        Connection.OPEN,
        Connection.RECONNECTING,
        Connection.CLOSED,
    ]
    assert state.attributes["reason"] == "idle"


async def test_who_speaks_is_shown(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The visitor by what the service hears, the pumpkin by what is heard of it."""
    visitor, pumpkin = (
        "binary_sensor.pumpkin_visitor_speaking",
        "binary_sensor.pumpkin_pumpkin_speaking",
    )
    happen(loaded_entry, EventName.SPEECH_STARTED)
    assert (shown(hass, visitor).state, shown(hass, pumpkin).state) == ("on", "off")
    happen(loaded_entry, EventName.SPEECH_STOPPED)
    only_voice(loaded_entry).async_set_updated_data(VoiceState(phase=Phase.RESPONDING))
    assert (shown(hass, visitor).state, shown(hass, pumpkin).state) == ("off", "on")


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_visit_leaves_its_figures(hass: HomeAssistant) -> None:
    """A whole conversation moves the sensors, and says why it ended."""
    model = {"model": "gpt-realtime-2.1"}
    async with at_the_door(hass, GREETING, GOODBYE, data=model) as porch:
        changes = async_capture_events(hass, "state_changed")
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        await porch.act("stop_conversation")
        await porch.until(EventName.CONVERSATION_ENDED)
        await hass.async_block_till_done()
        assert shown(hass, "sensor.pumpkin_conversations_today").state == "1"
        assert float(shown(hass, "sensor.pumpkin_cost_today").state) > 0
        session = shown(hass, "sensor.pumpkin_session")
        assert session.state == "closed"
        assert session.attributes["reason"] in ("stopped", "finished")
    seen = [
        change.data["new_state"].state
        for change in changes
        if change.data["entity_id"] == "sensor.pumpkin_session"
    ]
    assert seen[:3] == ["connecting", "open", "closed"]
    spoke = [
        change.data["new_state"].state
        for change in changes
        if change.data["entity_id"] == "binary_sensor.pumpkin_pumpkin_speaking"
    ]
    assert spoke[:2] == ["on", "off"]
