"""Tests of the triggers in running automations."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.trigger import async_validate_trigger_config
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.trigger import TRIGGERS
from tests.automation import (
    TARGET,
    async_automate,
    async_move_voice,
    async_switch_off,
    ours,
    witch_and_ghost,
)
from tests.common import VOICE_ENTITY_ID, only_voice

HEARD = EventName.USER_TRANSCRIPT
SAID = EventName.ASSISTANT_TRANSCRIPT
ENDED = EventName.CONVERSATION_ENDED


async def async_await(
    hass: HomeAssistant, key: str, target: dict[str, Any] = TARGET, **options: Any
) -> list[Event]:
    """Set up an automation with a trigger; return what it will have fired."""
    return await async_automate(hass, ours("trigger", key, target, options))


async def async_happen(
    hass: HomeAssistant, entry: MockConfigEntry, event: EventName, /, **data: Any
) -> None:
    """Let something happen to the only voice and wait for what it brings about."""
    only_voice(entry).events.fire(event, "c1", **data)
    await hass.async_block_till_done()


@pytest.fixture(autouse=True)
async def switched_off(hass: HomeAssistant) -> AsyncIterator[None]:
    """Switch the automation off after a test, and with it its trigger."""
    yield
    await async_switch_off(hass)


@pytest.mark.parametrize(
    ("key", "options", "event", "data"),
    [
        ("conversation_started", {}, EventName.CONVERSATION_STARTED, {}),
        ("conversation_finished", {}, ENDED, {"reason": "idle", "turns": 2}),
        ("conversation_finished", {"reason": "idle"}, ENDED, {"reason": "idle"}),
        (
            "conversation_finished",
            {"reason": ["idle", "finished"]},
            ENDED,
            {"reason": "finished"},
        ),
        ("heard", {}, HEARD, {"text": "Hello."}),
        ("heard", {"text": "TRICK or"}, HEARD, {"text": "Er, trick or treat?"}),
        ("heard", {"text": ["treat", "candy"]}, HEARD, {"text": "Candy!"}),
        ("heard", {"pattern": r"\bcand(y|ies)\b"}, HEARD, {"text": "More CANDIES!"}),
        ("heard", {"text": "candy", "pattern": "^more"}, HEARD, {"text": "More candy"}),
        ("said", {}, SAID, {"text": "Boo!"}),
        ("said", {"text": "goodbye"}, SAID, {"text": "Goodbye, mortals."}),
        ("tool_called", {}, EventName.TOOL_CALLED, {"name": "fog", "arguments": {}}),
        ("tool_called", {"tool": "fog"}, EventName.TOOL_CALLED, {"name": "fog"}),
        ("interrupted", {}, EventName.INTERRUPTED, {"heard_ms": 800}),
        ("budget_reached", {}, EventName.BUDGET_REACHED, {"budget": "daily"}),
        (
            "budget_reached",
            {"budget": "monthly"},
            EventName.BUDGET_REACHED,
            {"budget": "monthly"},
        ),
    ],
)
async def test_a_trigger_fires_for_what_it_is_named_after(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    key: str,
    options: dict[str, Any],
    event: EventName,
    data: dict[str, Any],
) -> None:
    """Once, with the event's data as variables."""
    fired = await async_await(hass, key, **options)
    await async_happen(hass, loaded_entry, event, **data)
    [ran] = fired
    got = ran.data["got"]
    assert got["platform"] == f"realtime_pumpkin.{key}"
    assert got["entity_id"] == VOICE_ENTITY_ID
    assert got["conversation_id"] == "c1"
    assert data.items() <= got.items()


@pytest.mark.parametrize(
    ("key", "options", "event", "data"),
    [
        ("conversation_started", {}, ENDED, {"reason": "idle"}),
        ("conversation_finished", {"reason": "idle"}, ENDED, {"reason": "finished"}),
        ("heard", {}, SAID, {"text": "Boo!"}),
        ("heard", {"text": "treat"}, HEARD, {"text": "Hello."}),
        ("heard", {"pattern": "^treat"}, HEARD, {"text": "No treat"}),
        ("heard", {"text": "candy", "pattern": "^more"}, HEARD, {"text": "No candy"}),
        ("heard", {}, HEARD, {}),
        ("said", {}, HEARD, {"text": "Hello."}),
        ("tool_called", {"tool": "fog"}, EventName.TOOL_CALLED, {"name": "thunder"}),
        ("interrupted", {}, EventName.SPEECH_STARTED, {}),
        (
            "budget_reached",
            {"budget": "monthly"},
            EventName.BUDGET_REACHED,
            {"budget": "daily"},
        ),
    ],
)
async def test_a_trigger_does_not_fire_for_anything_else(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    key: str,
    options: dict[str, Any],
    event: EventName,
    data: dict[str, Any],
) -> None:
    """Other events, other options and words that are kept secret are nothing."""
    fired = await async_await(hass, key, **options)
    await async_happen(hass, loaded_entry, event, **data)
    assert fired == []


async def test_a_pattern_gives_what_its_groups_caught(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """So an automation can use what was said."""
    fired = await async_await(hass, "heard", pattern=r"name is (\w+)")
    await async_happen(hass, loaded_entry, HEARD, text="My name is Tim.")
    assert fired[0].data["got"]["groups"] == ["Tim"]


async def test_a_device_or_an_area_can_be_aimed_at(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    area_registry: ar.AreaRegistry,
) -> None:
    """A voice that moves to the area later counts from then on."""
    porch = area_registry.async_create("Porch")
    fired = await async_await(hass, "heard", {"area_id": porch.id})
    await async_happen(hass, loaded_entry, HEARD, text="Hello.")
    assert fired == []
    await async_move_voice(hass, porch)
    await async_happen(hass, loaded_entry, HEARD, text="Hello again.")
    assert [event.data["got"]["text"] for event in fired] == ["Hello again."]


async def test_only_the_voice_that_is_aimed_at_triggers(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """The witch's words are not the ghost's."""
    async with witch_and_ghost(hass, realtime_url) as entry:
        fired = await async_await(hass, "said", {"entity_id": "assist_satellite.ghost"})
        for one in entry.runtime_data.voices.values():
            one.events.fire(SAID, "c1", text=one.subentry.title)
        await hass.async_block_till_done()
        assert [event.data["got"]["text"] for event in fired] == ["Ghost"]


async def test_an_automation_that_is_switched_off_listens_no_more(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The trigger is detached."""
    fired = await async_await(hass, "interrupted")
    await async_switch_off(hass)
    await async_happen(hass, loaded_entry, EventName.INTERRUPTED, heard_ms=1)
    assert fired == []


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("conversation_finished", {"reason": "boredom"}),
        ("heard", {"pattern": "("}),
        ("heard", {"text": []}),
        ("said", {"words": "boo"}),
        ("budget_reached", {"budget": "yearly"}),
        ("interrupted", {"reason": "cough"}),
    ],
)
async def test_options_that_make_no_sense_are_refused(
    hass: HomeAssistant, key: str, options: dict[str, Any]
) -> None:
    """The editor says so before the automation is saved."""
    trigger = ours("platform", key, TARGET, options)
    with pytest.raises(probatio.Invalid):
        await async_validate_trigger_config(hass, [trigger])


@pytest.mark.parametrize("key", TRIGGERS)
async def test_a_trigger_without_a_target_is_refused(
    hass: HomeAssistant, key: str
) -> None:
    """It would listen to nobody."""
    with pytest.raises(probatio.Invalid):
        await async_validate_trigger_config(
            hass, [{"platform": f"realtime_pumpkin.{key}"}]
        )
