"""Tests of satellites that Home Assistant has: shared, or taken over with consent."""

from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import ConfigEntryDisabler, OperationNotAllowed
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.links.errors import SatelliteSilent
from tests.common import only_subentry
from tests.voice_flow import (
    ADDRESS,
    PLAYER,
    add_player,
    add_satellite,
    async_fill,
    async_go_on,
    async_reconfigure,
    async_to,
    choices,
    shown,
)

pytestmark = pytest.mark.usefixtures("probe")


@pytest.mark.usefixtures("trial", "wyoming_setup")
async def test_a_satellite_of_home_assistant_can_be_shared(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """With its wake word, and a media player that speaks."""
    lender = add_satellite(hass, "wyoming", speaks=False)
    add_player(hass)
    result = await async_to(hass, loaded_entry, "microphone")
    offered = choices(result, "microphone")
    assert "wake word only" in offered["assist:assist_satellite.porch"]
    assert "taken over" in offered[f"direct:{lender.entry_id}"]
    chosen = {"microphone": "assist:assist_satellite.porch"}
    result = await async_fill(hass, result, chosen)
    assert set(choices(result, "speaker")) == {PLAYER}


@pytest.mark.usefixtures("trial", "wyoming_setup")
async def test_a_satellite_is_taken_over_with_consent_and_given_back(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """Home Assistant's entry is enabled again when the voice listens elsewhere."""
    lender = add_satellite(hass, "wyoming")
    await hass.config_entries.async_setup(lender.entry_id)
    direct = {"microphone": f"direct:{lender.entry_id}"}
    result = await async_go_on(
        hass,
        await async_reconfigure(hass, loaded_entry),
        "consent",
        microphone=direct,
    )
    assert lender.disabled_by is None
    result = await async_go_on(hass, result, consent={"consent": True})
    await hass.async_block_till_done()
    assert only_subentry(loaded_entry).data["microphone"] == {
        "kind": "wyoming",
        **ADDRESS,
        "disabled_entry_id": lender.entry_id,
    }
    assert lender.disabled_by is ConfigEntryDisabler.USER
    probe.assert_awaited_once_with(ADDRESS["host"], ADDRESS["port"])

    # Shown again, kept without another question.
    result = await async_reconfigure(hass, loaded_entry)
    result = await async_go_on(hass, result, "microphone")
    assert shown(result) == direct
    assert direct["microphone"] in choices(result, "microphone")
    await async_go_on(hass, result, microphone=direct)
    await hass.async_block_till_done()
    assert lender.disabled_by is ConfigEntryDisabler.USER

    result = await async_reconfigure(hass, loaded_entry)
    await async_go_on(hass, result, address={"host": "elsewhere", "port": 1})
    await hass.async_block_till_done()
    assert lender.disabled_by is None


@pytest.mark.usefixtures("wyoming_setup")
async def test_a_flow_that_is_given_up_gives_back(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Whoever closes the dialog changed their mind."""
    lender = add_satellite(hass, "wyoming")
    await hass.config_entries.async_setup(lender.entry_id)
    direct = {"microphone": f"direct:{lender.entry_id}"}
    result = await async_to(hass, loaded_entry, "consent", microphone=direct)
    result = await async_fill(hass, result, {"consent": True})
    assert result["step_id"] == "speaker"
    assert lender.disabled_by is ConfigEntryDisabler.USER
    hass.config_entries.subentries.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert lender.disabled_by is None


@pytest.mark.parametrize(
    ("failing", "failure", "error"),
    [
        ("probe", SatelliteSilent(host="h", port="1"), "satellite_silent"),
        ("disable", OperationNotAllowed, "satellite_taken"),
    ],
)
@pytest.mark.usefixtures("wyoming_setup")
async def test_a_satellite_that_does_not_listen_to_us_goes_back_at_once(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    probe: AsyncMock,
    failing: str,
    failure: Any,
    error: str,
) -> None:
    """The form says why, and a second try may succeed."""
    lender = add_satellite(hass, "wyoming")
    await hass.config_entries.async_setup(lender.entry_id)
    direct = {"microphone": f"direct:{lender.entry_id}"}
    result = await async_to(hass, loaded_entry, "consent", microphone=direct)
    if failing == "probe":
        probe.side_effect = failure
        result = await async_fill(hass, result, {"consent": True})
    else:
        with patch.object(hass.config_entries, "async_reload", side_effect=failure):
            result = await async_fill(hass, result, {"consent": True})
    assert result["errors"] == {"consent": error}
    assert lender.disabled_by is None
    probe.side_effect = None
    result = await async_fill(hass, result, {"consent": True})
    assert result["step_id"] == "speaker"
    hass.config_entries.subentries.async_abort(result["flow_id"])
    await hass.async_block_till_done()
