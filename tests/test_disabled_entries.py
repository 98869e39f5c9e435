"""Tests that Home Assistant's own entries come back, whatever happens."""

from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryDisabler, OperationNotAllowed
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.issues import async_raise_issue
from custom_components.realtime_pumpkin.links.errors import SatelliteOccupied
from custom_components.realtime_pumpkin.repairs import async_create_fix_flow
from tests.common import account, async_set_up, only_subentry, voice

STORE = "realtime_pumpkin.disabled_entries"
ADDRESS = {"host": "192.0.2.7", "port": 10700}

pytestmark = pytest.mark.usefixtures("homeassistant_component", "wyoming_setup")


def add_lender(
    hass: HomeAssistant, disabled_by: ConfigEntryDisabler | None = None
) -> MockConfigEntry:
    """Add Home Assistant's entry of the satellite that the test's voice wants."""
    entry = MockConfigEntry(
        domain="wyoming", title="Porch", data=ADDRESS, disabled_by=disabled_by
    )
    entry.add_to_hass(hass)
    return entry


def journal(hass_storage: dict[str, Any], *entry_ids: str) -> None:
    """Store a journal as an earlier run left it."""
    hass_storage[STORE] = {"version": 1, "key": STORE, "data": list(entry_ids)}


def borrowing(lender: MockConfigEntry) -> dict[str, Any]:
    """Return the data of a voice that needs a lender's satellite."""
    microphone = {"kind": "wyoming", **ADDRESS, "disabled_entry_id": lender.entry_id}
    return {"microphone": microphone}


async def async_borrowed(
    hass: HomeAssistant, realtime_url: str, hass_storage: dict[str, Any]
) -> tuple[MockConfigEntry, MockConfigEntry]:
    """Return the entry of a satellite that a voice needs, and the voice's account."""
    lender = add_lender(hass, ConfigEntryDisabler.USER)
    journal(hass_storage, lender.entry_id)
    entry = account(realtime_url, voice(data=borrowing(lender)))
    await async_set_up(hass, entry)
    return lender, entry


async def test_what_a_crash_left_disabled_is_enabled_at_the_next_start(
    hass: HomeAssistant, realtime_url: str, hass_storage: dict[str, Any]
) -> None:
    """The voice was never stored; an entry that was removed since is forgotten."""
    lender = add_lender(hass, ConfigEntryDisabler.USER)
    journal(hass_storage, lender.entry_id, "removed")
    entry = account(realtime_url)
    await async_set_up(hass, entry)
    assert lender.disabled_by is None
    assert hass_storage[STORE]["data"] == []
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_a_voice_needs_stays_disabled(
    hass: HomeAssistant, realtime_url: str, hass_storage: dict[str, Any]
) -> None:
    """Until the voice is removed."""
    lender, entry = await async_borrowed(hass, realtime_url, hass_storage)
    assert lender.disabled_by is ConfigEntryDisabler.USER
    subentry_id = only_subentry(entry).subentry_id
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await hass.async_block_till_done()
    assert lender.disabled_by is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_removing_the_account_gives_back_as_well(
    hass: HomeAssistant, realtime_url: str, hass_storage: dict[str, Any]
) -> None:
    """Its voices go with it."""
    lender, entry = await async_borrowed(hass, realtime_url, hass_storage)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert lender.disabled_by is None


async def test_an_entry_that_the_user_disabled_is_not_touched(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """It is not in the journal."""
    lender = add_lender(hass, ConfigEntryDisabler.USER)
    entry = account(realtime_url)
    await async_set_up(hass, entry)
    assert lender.disabled_by is ConfigEntryDisabler.USER
    await hass.config_entries.async_unload(entry.entry_id)


def issue_of(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair of the account's only voice."""
    issue_id = f"satellite_taken_{only_subentry(entry).subentry_id}"
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def test_a_satellite_held_by_home_assistant_is_told_at_set_up(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """Before anybody rings."""
    add_lender(hass)
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    issue = issue_of(hass, entry)
    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders == {"voice": "Pumpkin", "name": "Porch"}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_an_occupied_satellite_is_home_assistants_only_if_it_has_its_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Any other server has to be found by the user."""
    failure = SatelliteOccupied(host="192.0.2.7", port="10700")
    subentry = only_subentry(loaded_entry)
    async_raise_issue(hass, failure, loaded_entry, subentry)
    assert issue_of(hass, loaded_entry) is None
    add_lender(hass)
    async_raise_issue(hass, failure, loaded_entry, subentry)
    assert issue_of(hass, loaded_entry) is not None


async def test_a_voice_at_another_kind_of_microphone_takes_no_satellite(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """Only a direct link needs one for itself."""
    add_lender(hass)
    entry = account(realtime_url, voice(data={"microphone": {"kind": "browser"}}))
    await async_set_up(hass, entry)
    assert issue_of(hass, entry) is None
    await hass.config_entries.async_unload(entry.entry_id)


async def async_fix(hass: HomeAssistant, issue: ir.IssueEntry) -> Any:
    """Open the repair, see what it says, and submit it."""
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    flow.hass, flow.handler, flow.flow_id = hass, DOMAIN, "f"
    flow.context = {"source": "user", "issue_id": issue.issue_id}
    flow.data = issue.data
    form = await flow.async_step_init()  # type: ignore[attr-defined]
    assert form["type"] is FlowResultType.FORM
    assert form["description_placeholders"] == issue.translation_placeholders
    return await flow.async_step_confirm({})  # type: ignore[attr-defined]


async def test_the_repair_takes_the_satellite_over(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """And the entry comes back when the voice is removed."""
    assert await async_setup_component(hass, "repairs", {})
    lender = add_lender(hass)
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    issue = issue_of(hass, entry)
    assert issue is not None
    result = await async_fix(hass, issue)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert lender.disabled_by is ConfigEntryDisabler.USER
    microphone = only_subentry(entry).data["microphone"]
    assert microphone["disabled_entry_id"] == lender.entry_id
    subentry_id = only_subentry(entry).subentry_id
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await hass.async_block_till_done()
    assert lender.disabled_by is None
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("gone", ["voice", "lender"])
async def test_a_repair_that_has_nothing_left_to_mend_says_so(
    hass: HomeAssistant, realtime_url: str, gone: str
) -> None:
    """The dialog was open for a while."""
    lender = add_lender(hass)
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    issue = issue_of(hass, entry)
    assert issue is not None
    if gone == "voice":
        subentry_id = only_subentry(entry).subentry_id
        hass.config_entries.async_remove_subentry(entry, subentry_id)
    else:
        await hass.config_entries.async_remove(lender.entry_id)
    await hass.async_block_till_done()
    flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
    flow.hass, flow.handler, flow.flow_id = hass, DOMAIN, "f"
    flow.context = {"source": "user", "issue_id": issue.issue_id}
    flow.data = issue.data
    result = await flow.async_step_confirm({})  # type: ignore[attr-defined]
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "gone")
    assert lender.disabled_by is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_repair_that_cannot_mend_now_says_so(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """The entry is just being set up."""
    add_lender(hass)
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    issue = issue_of(hass, entry)
    assert issue is not None
    with patch.object(
        hass.config_entries, "async_reload", side_effect=OperationNotAllowed
    ):
        result = await async_fix(hass, issue)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_now")
    await hass.config_entries.async_unload(entry.entry_id)
