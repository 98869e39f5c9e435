"""Tests of the doorbell blueprint in running automations."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_mock_service,
)

from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.request import ConversationRequest
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import VOICE_ENTITY_ID, only_voice

PATH = (
    Path(__file__).parent.parent
    / "blueprints/automation/realtime_pumpkin/doorbell.yaml"
)
NOW = "2026-10-31T18:00:00.000+00:00"
LATER = "2026-10-31T18:01:00.000+00:00"
RING = {"device_class": "doorbell", "event_type": "ring"}


@pytest.fixture
def started() -> Iterator[AsyncMock]:
    """Replace the start of a conversation."""
    with patch.object(
        VoiceCoordinator, "async_start_conversation", AsyncMock(return_value="c1")
    ) as start:
        yield start


async def async_automate(
    hass: HomeAssistant, doorbell: str | list[str], **inputs: Any
) -> None:
    """Set up an automation as a user makes it of the blueprint."""
    data = await hass.async_add_executor_job(yaml_util.load_yaml_dict, str(PATH))
    blueprint = Blueprint(
        data, expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    with patch(
        "homeassistant.components.blueprint.models.DomainBlueprints"
        ".async_get_blueprint",
        return_value=blueprint,
    ):
        assert await async_setup_component(
            hass,
            "automation",
            {
                "automation": {
                    "alias": "Door",
                    "use_blueprint": {
                        "path": "realtime_pumpkin/doorbell.yaml",
                        "input": {
                            "doorbell": doorbell,
                            "voice": VOICE_ENTITY_ID,
                            **inputs,
                        },
                    },
                }
            },
        )
        await hass.async_block_till_done()
    assert hass.states.is_state("automation.door", "on")


async def test_the_blueprint_needs_a_home_assistant_that_knows_us() -> None:
    """Its metadata is complete, and its address is its own."""
    data = yaml_util.load_yaml_dict(str(PATH))
    blueprint = Blueprint(
        data, expected_domain="automation", schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    assert blueprint.validate() is None
    assert str(blueprint.metadata["source_url"]).endswith(
        PATH.relative_to(PATH.parents[3]).as_posix()
    )


@pytest.mark.parametrize(
    ("entity_id", "before", "after", "attributes"),
    [
        ("event.door", "unknown", NOW, RING),
        ("event.door", NOW, LATER, RING),
        ("event.door", NOW, LATER, {"device_class": "button", "event_type": "press"}),
        ("binary_sensor.door", "off", "on", {}),
        ("input_boolean.door", "off", "on", {}),
        ("input_button.door", "unknown", NOW, {}),
        ("button.door", NOW, LATER, {}),
    ],
)
async def test_every_common_doorbell_starts_a_conversation(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    started: AsyncMock,
    entity_id: str,
    before: str,
    after: str,
    attributes: dict[str, str],
) -> None:
    """Whatever kind of entity rings."""
    hass.states.async_set(entity_id, before, attributes)
    await async_automate(hass, entity_id)
    hass.states.async_set(entity_id, after, attributes)
    await hass.async_block_till_done()
    request = ConversationRequest(context="Somebody has just rung the doorbell.")
    started.assert_awaited_once_with(request)


@pytest.mark.parametrize(
    ("entity_id", "before", "after", "attributes"),
    [
        ("event.door", None, NOW, RING),
        ("event.door", "unavailable", NOW, RING),
        ("event.door", NOW, "unavailable", RING),
        ("event.door", NOW, LATER, {**RING, "event_type": "motion"}),
        ("event.door", NOW, NOW, {**RING, "battery": "12"}),
        ("binary_sensor.door", "on", "off", {}),
        ("binary_sensor.door", "unknown", "on", {}),
        ("binary_sensor.door", "unavailable", "on", {}),
        ("input_boolean.door", None, "on", {}),
        ("input_button.door", NOW, "unknown", {}),
    ],
)
async def test_what_is_no_ring_starts_nothing(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    started: AsyncMock,
    entity_id: str,
    before: str | None,
    after: str,
    attributes: dict[str, str],
) -> None:
    """Starts of Home Assistant, lost devices and other events are no visitors."""
    if before is not None:
        hass.states.async_set(entity_id, before, RING if attributes else {})
    await async_automate(hass, entity_id)
    hass.states.async_set(entity_id, after, attributes)
    await hass.async_block_till_done()
    started.assert_not_awaited()


async def test_the_voice_says_and_knows_what_the_user_wrote(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, started: AsyncMock
) -> None:
    """The context may be a template."""
    hass.states.async_set("sensor.guests", "3")
    hass.states.async_set("input_boolean.door", "off")
    await async_automate(
        hass,
        "input_boolean.door",
        opening="Who is there?",
        context="{{ states('sensor.guests') }} guests came before.",
    )
    hass.states.async_set("input_boolean.door", "on")
    await hass.async_block_till_done()
    request = ConversationRequest(
        opening="Who is there?", context="3 guests came before."
    )
    started.assert_awaited_once_with(request)


def ring(hass: HomeAssistant) -> None:
    """Press and release a helper that is a doorbell."""
    hass.states.async_set("input_boolean.door", "on")
    hass.states.async_set("input_boolean.door", "off")


async def async_settle() -> None:
    """Let everything run that waits for nothing outside.

    Home Assistant's own way would wait for the automation, too, which waits for
    the end of the visit.
    """
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_ring_within_the_cooldown_is_ignored(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    started: AsyncMock,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The next visit may come when the cooldown is over."""
    hass.states.async_set("input_boolean.door", "off")
    await async_automate(hass, "input_boolean.door", cooldown=60)
    counts = []
    for seconds in (0, 59, 2):
        freezer.tick(seconds)
        ring(hass)
        await hass.async_block_till_done()
        counts.append(started.await_count)
    assert counts == [1, 1, 2]


async def test_a_ring_during_a_visit_is_ignored_and_the_hooks_run_around_it(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Light on, talk until the voice is idle, light off: one visit at a time."""
    steps: list[str] = []
    coordinator = only_voice(loaded_entry)

    async def start(_request: ConversationRequest) -> str:
        """Talk until the test ends it."""
        steps.append("talk")
        coordinator.async_set_updated_data(VoiceState(phase=Phase.LISTENING))
        return "c1"

    @callback
    def remember(call: ServiceCall) -> None:
        """Keep the order of the hooks."""
        steps.append(call.service)

    hass.services.async_register("test", "light_on", remember)
    hass.services.async_register("test", "light_off", remember)
    hass.states.async_set("input_boolean.door", "off")
    await async_automate(
        hass,
        "input_boolean.door",
        cooldown=0,
        before=[{"action": "test.light_on"}],
        after=[{"action": "test.light_off"}],
    )
    with patch.object(coordinator, "async_start_conversation", start):
        for phase in (Phase.LISTENING, Phase.RESPONDING):
            ring(hass)
            await async_settle()
            assert steps == ["light_on", "talk"]
            coordinator.async_set_updated_data(VoiceState(phase=phase))
        coordinator.async_set_updated_data(VoiceState())
        await hass.async_block_till_done()
    assert steps == ["light_on", "talk", "light_off"]
    assert "Already running" not in caplog.text


async def test_the_last_hook_runs_although_the_conversation_could_not_start(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, started: AsyncMock
) -> None:
    """A light that was switched on is switched off again."""
    started.side_effect = HomeAssistantError("no satellite")
    cleaned = async_mock_service(hass, "test", "light_off")
    runs = async_capture_events(hass, "automation_triggered")
    hass.states.async_set("input_boolean.door", "off")
    await async_automate(
        hass, "input_boolean.door", after=[{"action": "test.light_off"}]
    )
    ring(hass)
    await hass.async_block_till_done()
    assert len(runs) == len(cleaned) == 1


async def test_several_doorbells_may_start_one_voice(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, started: AsyncMock
) -> None:
    """Front door and garden gate."""
    for door in ("front", "gate"):
        hass.states.async_set(f"binary_sensor.{door}", "off")
    await async_automate(
        hass, ["binary_sensor.front", "binary_sensor.gate"], cooldown=0
    )
    for door in ("front", "gate"):
        hass.states.async_set(f"binary_sensor.{door}", "on")
        await hass.async_block_till_done()
    assert started.await_count == 2
