"""Tests of the conditions in running automations."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.condition import (
    async_from_config,
    async_validate_conditions_config,
)
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.condition import CONDITIONS
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.automation import (
    TARGET,
    async_automate,
    async_move_voice,
    ours,
    witch_and_ghost,
)
from tests.common import only_subentry, only_voice

TRY = {"trigger": "event", "event_type": "try"}


async def async_passes(
    hass: HomeAssistant, key: str, target: dict[str, Any] = TARGET, **options: Any
) -> bool:
    """Run an automation with the condition; tell whether it went through."""
    condition = ours("condition", key, target, options)
    ran = await async_automate(hass, TRY, [condition])
    hass.bus.async_fire("try")
    await hass.async_block_till_done()
    return bool(ran)


@pytest.mark.parametrize(
    ("key", "phases"),
    [
        ("is_in_conversation", {Phase.LISTENING, Phase.PROCESSING, Phase.RESPONDING}),
        ("is_listening", {Phase.LISTENING}),
        ("is_responding", {Phase.RESPONDING}),
    ],
)
@pytest.mark.parametrize("phase", Phase)
async def test_a_condition_passes_in_its_phases_only(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    key: str,
    phases: set[Phase],
    phase: Phase,
) -> None:
    """What the voice is doing decides."""
    only_voice(loaded_entry).async_set_updated_data(VoiceState(phase=phase))
    assert await async_passes(hass, key) is (phase in phases)


@pytest.mark.parametrize(("usd", "passes"), [(4.99, True), (5.0, False)])
async def test_a_voice_is_within_its_budget_until_it_is_spent(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, usd: float, passes: bool
) -> None:
    """Five dollars a day are what a voice has unless told otherwise."""
    voice_id = only_subentry(loaded_entry).subentry_id
    loaded_entry.runtime_data.ledger.record(
        voice_id, {"output_audio": 1}, usd, dt_util.now()
    )
    assert await async_passes(hass, "is_within_budget") is passes


async def test_a_voice_that_is_not_loaded_meets_no_condition(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Nobody knows what it may spend."""
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    assert not await async_passes(hass, "is_within_budget")


@pytest.mark.parametrize(("behavior", "passes"), [("any", True), ("all", False)])
async def test_any_or_all_voices_of_a_target_count(
    hass: HomeAssistant,
    homeassistant_component: None,
    realtime_url: str,
    behavior: str,
    passes: bool,
) -> None:
    """Two voices, one of which talks."""
    async with witch_and_ghost(hass, realtime_url) as entry:
        first = next(iter(entry.runtime_data.voices.values()))
        first.async_set_updated_data(VoiceState(phase=Phase.RESPONDING))
        target = {"entity_id": ["assist_satellite.witch", "assist_satellite.ghost"]}
        assert (
            await async_passes(hass, "is_responding", target, behavior=behavior)
            is passes
        )


async def test_other_satellites_of_an_area_do_not_count(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    area_registry: ar.AreaRegistry,
) -> None:
    """A kitchen assistant that listens is no voice that listens."""
    porch = area_registry.async_create("Porch")
    other = entity_registry.async_get_or_create("assist_satellite", "other", "1")
    entity_registry.async_update_entity(other.entity_id, area_id=porch.id)
    await async_move_voice(hass, porch)
    hass.states.async_set(other.entity_id, "listening")
    condition = ours("condition", "is_listening", {"area_id": porch.id}, {})
    ran = await async_automate(hass, TRY, [condition])
    for phase, times in ((Phase.IDLE, 0), (Phase.LISTENING, 1)):
        only_voice(loaded_entry).async_set_updated_data(VoiceState(phase=phase))
        hass.bus.async_fire("try")
        await hass.async_block_till_done()
        assert len(ran) == times


async def test_only_the_budget_can_change_without_a_state(hass: HomeAssistant) -> None:
    """Who follows conditions has to look again after midnight."""
    configs = [ours("condition", key, TARGET, {}) for key in CONDITIONS]
    validated = await async_validate_conditions_config(hass, configs)
    checkers = [await async_from_config(hass, config) for config in validated]
    try:
        polled = {
            key
            for key, checker in zip(CONDITIONS, checkers, strict=True)
            if checker.needs_polling
        }
        assert polled == {"is_within_budget"}
    finally:
        for checker in checkers:
            checker.async_unload()


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("is_listening", {"behavior": "some"}),
        ("is_within_budget", {"for": "00:01:00"}),
    ],
)
async def test_options_that_make_no_sense_are_refused(
    hass: HomeAssistant, key: str, options: dict[str, Any]
) -> None:
    """The editor says so before the automation is saved."""
    condition = ours("condition", key, TARGET, options)
    with pytest.raises(probatio.Invalid):
        await async_validate_conditions_config(hass, [condition])
