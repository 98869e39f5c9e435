"""Models that are shut down: told in time, and left by a click."""

from collections.abc import Mapping
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.realtime_pumpkin.catalog import MODELS, models_of
from custom_components.realtime_pumpkin.const import DOMAIN, Provider
from custom_components.realtime_pumpkin.repairs import async_create_fix_flow
from custom_components.realtime_pumpkin.retirement import issue_id
from tests.common import account, async_set_up, only_subentry, voice

OLD = "gpt-realtime-mini"
NEW = "gpt-realtime-2.1-mini"


@pytest.fixture(name="entry")
async def entry_fixture(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> MockConfigEntry:
    """Return an account at OpenAI whose voice has an old model, not set up yet."""
    return account(realtime_url, voice(data={"model": OLD}), provider="openai")


def issue_of(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair of the account's only voice."""
    registry = ir.async_get(hass)
    return registry.async_get_issue(DOMAIN, issue_id(only_subentry(entry).subentry_id))


async def fix_flow(hass: HomeAssistant, issue: ir.IssueEntry) -> RepairsFlow:
    """Return the flow of a repair as Home Assistant starts it."""
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    flow.hass, flow.handler, flow.flow_id = hass, DOMAIN, "f"
    flow.context = {"source": "user", "issue_id": issue.issue_id}
    flow.issue_id, flow.data = issue.issue_id, issue.data
    return flow


def test_every_model_with_a_date_has_a_replacement_that_stays() -> None:
    """Nobody is moved to what is shut down as well."""
    retiring = [model for model in MODELS.values() if model.retired_on]
    assert len(retiring) > 3
    assert {model.replacement for model in retiring} <= set(models_of(Provider.OPENAI))


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        ("2026-11-24", None),
        ("2026-11-25", ir.IssueSeverity.WARNING),
        ("2027-01-19", ir.IssueSeverity.WARNING),
        ("2027-01-20", ir.IssueSeverity.ERROR),
        ("2027-06-01", ir.IssueSeverity.ERROR),
    ],
)
async def test_a_model_is_told_eight_weeks_before_it_goes(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    day: str,
    severity: ir.IssueSeverity | None,
) -> None:
    """With its date and what follows it."""
    freezer.move_to(f"{day} 12:00:00+00:00")
    await async_set_up(hass, entry)
    issue = issue_of(hass, entry)
    assert (issue.severity if issue else None) == severity
    if issue:
        placeholders: Mapping[str, Any] = issue.translation_placeholders or {}
        assert placeholders == {
            "voice": "Pumpkin",
            "model": OLD,
            "date": "2027-01-20",
            "replacement": NEW,
        }
    await hass.config_entries.async_unload(entry.entry_id)
    assert issue_of(hass, entry) is None


async def test_the_date_is_looked_at_every_day(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Home Assistant runs for months."""
    freezer.move_to("2026-11-24 12:00:00+00:00")
    await async_set_up(hass, entry)
    assert issue_of(hass, entry) is None
    freezer.move_to("2026-11-26 08:00:00+00:00")
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    assert issue_of(hass, entry) is not None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_click_moves_the_voice_and_ends_the_repair(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """The voice is set up again with the other model."""
    freezer.move_to("2027-01-01 12:00:00+00:00")
    await async_set_up(hass, entry)
    issue = issue_of(hass, entry)
    assert issue is not None
    flow = await fix_flow(hass, issue)
    form: Any = await flow.async_step_init()  # type: ignore[attr-defined]
    assert form["type"] is FlowResultType.FORM
    assert form["description_placeholders"]["replacement"] == NEW
    result: Any = await flow.async_step_confirm({})  # type: ignore[attr-defined]
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert only_subentry(entry).data["model"] == NEW
    assert issue_of(hass, entry) is None
    again: Any = await flow.async_step_confirm({})  # type: ignore[attr-defined]
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "gone")
    await hass.config_entries.async_unload(entry.entry_id)


async def test_other_servers_models_are_their_own_affair(
    hass: HomeAssistant,
    homeassistant_component: None,
    realtime_url: str,
    freezer: FrozenDateTimeFactory,
) -> None:
    """An Azure deployment may have any name."""
    freezer.move_to("2027-01-01 12:00:00+00:00")
    entry = account(realtime_url, voice(data={"model": OLD}))
    await async_set_up(hass, entry)
    assert issue_of(hass, entry) is None
    await hass.config_entries.async_unload(entry.entry_id)
