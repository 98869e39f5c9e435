"""Tests of the motion, greeting and night blueprints in running automations."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.realtime_pumpkin import services
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import VOICE_ENTITY_ID, only_voice

FOLDER = Path(__file__).parents[1] / "blueprints/automation/realtime_pumpkin"
HELPER = "input_boolean.porch"
ENABLED = "switch.pumpkin_enabled"
NIGHT = {
    "schedule": HELPER,
    "enabled": ENABLED,
    "conversations": "sensor.pumpkin_conversations_today",
    "cost": "sensor.pumpkin_cost_today",
    "lights": {"entity_id": "light.porch"},
}


def blueprint(name: str) -> Blueprint:
    """Read a blueprint as Home Assistant does."""
    data = yaml_util.load_yaml_dict(str(FOLDER / f"{name}.yaml"))
    return Blueprint(
        data, expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )


@pytest.fixture
def started() -> Iterator[AsyncMock]:
    """Replace the start of a conversation."""
    with patch.object(
        VoiceCoordinator, "async_start_conversation", AsyncMock(return_value="c1")
    ) as start:
        yield start


async def async_automate(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Set up an automation as a user makes it of a blueprint."""
    hass.states.async_set(HELPER, "off")
    read = await hass.async_add_executor_job(blueprint, name)
    use = {
        "path": f"realtime_pumpkin/{name}.yaml",
        "input": {"voice": VOICE_ENTITY_ID, **inputs},
    }
    automation = {"alias": "Porch", "use_blueprint": use}
    with patch(
        "homeassistant.components.blueprint.models.DomainBlueprints"
        ".async_get_blueprint",
        return_value=read,
    ):
        assert await async_setup_component(
            hass, "automation", {"automation": automation}
        )
        await hass.async_block_till_done()
    assert hass.states.is_state("automation.porch", "on")


async def async_see(hass: HomeAssistant, *states: str) -> None:
    """Let a sensor show something."""
    for state in states:
        hass.states.async_set(HELPER, state)
        await hass.async_block_till_done()


@pytest.mark.parametrize("name", ["doorbell", "motion", "greet", "trick_or_treat"])
def test_every_blueprint_is_whole_and_names_its_own_address(name: str) -> None:
    """And there is no other one."""
    read = blueprint(name)
    assert read.validate() is None
    assert str(read.metadata["source_url"]).endswith(f"realtime_pumpkin/{name}.yaml")
    assert len(list(FOLDER.iterdir())) == 4


async def test_motion_starts_a_conversation_and_again_after_the_cooldown(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    started: AsyncMock,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Somebody who lingers is greeted once."""
    await async_automate(hass, "motion", motion=HELPER, cooldown=60)
    counts = []
    for seconds in (0, 59, 2):
        freezer.tick(seconds)
        await async_see(hass, "on", "off")
        counts.append(started.await_count)
    assert counts == [1, 1, 2]
    assert started.await_args is not None
    assert "has not rung" in str(started.await_args)


async def test_motion_starts_nothing_while_the_voice_talks_or_when_all_is_spent(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, started: AsyncMock
) -> None:
    """The conditions are those of the integration."""
    voice = only_voice(loaded_entry)
    await async_automate(hass, "motion", motion=HELPER, cooldown=0)
    voice.async_set_updated_data(VoiceState(phase=Phase.LISTENING))
    await async_see(hass, "on", "off")
    started.assert_not_awaited()
    voice.async_set_updated_data(VoiceState())
    with patch.object(VoiceCoordinator, "is_within_budget", False):
        await async_see(hass, "on", "off")
    started.assert_not_awaited()
    await async_see(hass, "on", "off")
    started.assert_awaited_once()


async def async_leave(hass: HomeAssistant) -> None:
    """Go, and be gone for a minute."""
    await async_see(hass, "off")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await hass.async_block_till_done()


async def test_who_is_seen_is_greeted_and_who_leaves_is_said_goodbye_to(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, started: AsyncMock
) -> None:
    """In the conversation that is running."""
    await async_automate(hass, "greet", person=HELPER)
    await async_see(hass, "on")
    started.assert_awaited_once()
    only_voice(loaded_entry).async_set_updated_data(VoiceState(phase=Phase.LISTENING))
    with patch.object(VoiceCoordinator, "async_stop_conversation") as stop:
        await async_leave(hass)
    stop.assert_awaited_once_with(goodbye=True)
    only_voice(loaded_entry).async_set_updated_data(VoiceState())


@pytest.mark.parametrize(("farewell", "count"), [("", 0), ("Sleep well!", 1)])
async def test_who_leaves_after_the_conversation_is_called_after_if_that_is_set(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    started: AsyncMock,
    farewell: str,
    count: int,
) -> None:
    """In the voice's own words."""
    await async_automate(hass, "greet", person=HELPER, farewell=farewell)
    await async_see(hass, "on")
    with patch.object(services, "async_say") as say:
        await async_leave(hass)
    assert say.await_count == count
    for call in say.await_args_list:
        assert call.args[1:] == (farewell,)
        assert call.kwargs == {"verbatim": False, "cause": call.kwargs["cause"]}


async def test_a_night_begins_with_lights_and_ends_with_a_summary(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The voice answers in between only."""
    lit = async_mock_service(hass, "light", "turn_on")
    dark = async_mock_service(hass, "light", "turn_off")
    told = async_mock_service(hass, "persistent_notification", "create")
    phoned = async_mock_service(hass, "notify", "phone")
    only_voice(loaded_entry).async_switch(is_enabled=False)
    after = [{"action": "notify.phone", "data": {"message": "{{ summary }}"}}]
    await async_automate(hass, "trick_or_treat", **NIGHT, after=after)
    await async_see(hass, "on")
    assert hass.states.is_state(ENABLED, "on")
    assert [call.data["entity_id"] for call in lit] == [["light.porch"]]
    assert told == []
    await async_see(hass, "off")
    assert hass.states.is_state(ENABLED, "off")
    assert len(dark) == 1
    assert [call.data["message"] for call in told] == ["0 conversations, 0.00 USD."]
    assert [call.data["message"] for call in phoned] == ["0 conversations, 0.00 USD."]


async def test_a_night_without_lights_ends_with_a_goodbye(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Whoever is at the door is not left standing."""
    told = async_mock_service(hass, "persistent_notification", "create")
    await async_automate(hass, "trick_or_treat", **{**NIGHT, "lights": {}})
    await async_see(hass, "on")
    with patch.object(VoiceCoordinator, "async_stop_conversation") as stop:
        await async_see(hass, "off")
    stop.assert_awaited_once_with(goodbye=True)
    assert len(told) == 1
