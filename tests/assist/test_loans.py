"""What was borrowed comes back: at the stop, after a crash, in every other case."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.components.assist_pipeline import (
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.models import Pipeline
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.links import assist_start
from custom_components.realtime_pumpkin.loans import (
    Loans,
    async_get_loans,
    async_setup_loans,
)
from custom_components.realtime_pumpkin.pipelines import async_delete_pipeline
from tests.assist.house import Device, house_with
from tests.assist.visit import option, visit
from tests.porch import GREETING

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

KEY = f"{DOMAIN}.loans"


def stored(hass_storage: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the loans on the disk."""
    loans: list[dict[str, Any]] = hass_storage[KEY]["data"]
    return loans


def crashed(device: Device, **changes: str) -> dict[str, Any]:
    """Return a store as a crash leaves it."""
    loan = {
        "kind": "option",
        "entity_id": device.select_id,
        "old": "Home Assistant",
        "ours": "preferred",
        "since": "2026-10-31T18:00:00+00:00",
        **changes,
    }
    return {"version": 1, "minor_version": 1, "key": KEY, "data": [loan]}


async def choose(hass: HomeAssistant, device: Device, name: str) -> None:
    """Choose an assistant at a device."""
    data = {"entity_id": device.select_id, "option": name}
    await hass.services.async_call("select", "select_option", data, blocking=True)


async def test_a_loan_is_on_the_disk_before_anything_is_changed(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Whatever happens next, it is known what was there."""
    device = Device("porch")
    async with house_with(hass, device):
        loans = Loans(hass)
        loan = await loans.async_borrow(device.select_id, "Home Assistant")
        assert loan is not None
        assert stored(hass_storage)[0]["old"] == "preferred"
        assert option(hass, device) == "Home Assistant"
        await loans.async_give_back(loan)
        assert option(hass, device) == "preferred"
        assert stored(hass_storage) == []


async def test_what_is_chosen_already_is_not_borrowed(hass: HomeAssistant) -> None:
    """Whoever chose the voice for good keeps it."""
    device = Device("porch")
    async with house_with(hass, device):
        assert await Loans(hass).async_borrow(device.select_id, "preferred") is None


async def test_what_cannot_be_chosen_is_not_borrowed(hass: HomeAssistant) -> None:
    """Nothing is owed then."""
    device = Device("porch")
    async with house_with(hass, device):
        loans = Loans(hass)
        with pytest.raises(HomeAssistantError):
            await loans.async_borrow(device.select_id, "Nobody")
        assert loans.open == ()
        assert option(hass, device) == "preferred"


async def test_what_somebody_has_changed_meanwhile_stays(hass: HomeAssistant) -> None:
    """They had their reasons."""
    device = Device("porch")
    async with visit(hass, device):
        loans = async_get_loans(hass)
        loan = await loans.async_borrow(device.select_id, "Pumpkin")
        assert loan is not None
        assert loan.old == "preferred"
        await choose(hass, device, "Home Assistant")
        await loans.async_give_back(loan)
        assert option(hass, device) == "Home Assistant"
        assert loans.open == ()


async def test_two_loans_of_one_thing_remember_what_was_there_first(
    hass: HomeAssistant,
) -> None:
    """However they are given back."""
    device = Device("porch")
    async with visit(hass, device):
        loans = async_get_loans(hass)
        first = await loans.async_borrow(device.select_id, "Pumpkin")
        second = await loans.async_borrow(device.select_id, "Home Assistant")
        assert first is not None
        assert second is not None
        await loans.async_give_back(first)
        await loans.async_give_back(second)
        assert option(hass, device) == "preferred"


async def test_what_a_crash_left_is_given_back_at_set_up(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """The device is on its own assistant before anybody speaks to it."""
    device = Device("porch")
    hass_storage[KEY] = crashed(device)
    async with house_with(hass, device):
        await async_setup_loans(hass)
        assert option(hass, device) == "Home Assistant"
        assert stored(hass_storage) == []


async def test_a_device_that_comes_later_is_given_back_to_then(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """ESPHome devices connect when they like."""
    device = Device("porch")
    hass_storage[KEY] = crashed(device)
    async with house_with(hass, device) as entry:
        await hass.config_entries.async_unload(entry.entry_id)
        await async_setup_loans(hass)
        assert len(stored(hass_storage)) == 1
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert option(hass, device) == "Home Assistant"
        assert stored(hass_storage) == []


async def test_an_assistant_that_is_gone_gives_way_to_the_preferred_one(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """What was there cannot be chosen any more."""
    device = Device("porch")
    hass_storage[KEY] = crashed(device, old="Deleted", ours="Home Assistant")
    async with house_with(hass, device):
        await choose(hass, device, "Home Assistant")
        await async_setup_loans(hass)
        assert option(hass, device) == "preferred"


async def test_a_device_that_is_gone_is_owed_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Its entities are not even known any more."""
    hass_storage[KEY] = crashed(Device("attic"))
    await async_setup_loans(hass)
    await hass.async_block_till_done()
    assert stored(hass_storage) == []


async def renamed(hass: HomeAssistant, pipeline: Pipeline) -> None:
    """Rename a pipeline."""
    await async_update_pipeline(hass, pipeline, name="Ghost")


async def deleted(hass: HomeAssistant, pipeline: Pipeline) -> None:
    """Delete a pipeline."""
    await async_delete_pipeline(hass, pipeline.id)


@pytest.mark.parametrize("changed", [renamed, deleted])
async def test_an_assistant_of_ours_that_is_gone_is_given_back_all_the_same(
    hass: HomeAssistant, changed: Callable[[HomeAssistant, Pipeline], Awaitable[None]]
) -> None:
    """The select falls back to the preferred one, which nobody has chosen."""
    device = Device("porch")
    async with visit(hass, device):
        await choose(hass, device, "Home Assistant")
        loans = async_get_loans(hass)
        loan = await loans.async_borrow(device.select_id, "Pumpkin")
        assert loan is not None
        [ours] = [p for p in async_get_pipelines(hass) if p.name == "Pumpkin"]
        await changed(hass, ours)
        assert option(hass, device) == "preferred"
        await loans.async_give_back(loan)
        assert option(hass, device) == "Home Assistant"
        assert loans.open == ()


async def test_an_entity_that_is_renamed_meanwhile_is_given_back_to(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Under its new name, which the disk has at once."""
    device = Device("porch")
    async with visit(hass, device):
        await choose(hass, device, "Home Assistant")
        loans = async_get_loans(hass)
        loan = await loans.async_borrow(device.select_id, "Pumpkin")
        assert loan is not None
        er.async_get(hass).async_update_entity(
            device.select_id, new_entity_id="select.attic"
        )
        await hass.async_block_till_done()
        assert [each["entity_id"] for each in stored(hass_storage)] == ["select.attic"]
        await loans.async_give_back(loan)
        assert hass.states.is_state("select.attic", "Home Assistant")
        assert loans.open == ()


async def test_an_entity_that_is_renamed_while_it_is_away_is_given_back_to(
    hass: HomeAssistant,
) -> None:
    """It is waited for under its new name."""
    device = Device("porch")
    async with visit(hass, device):
        loans = async_get_loans(hass)
        loan = await loans.async_borrow(device.select_id, "Pumpkin")
        assert loan is not None
        device.select._attr_available = False
        device.select.async_write_ha_state()
        await loans.async_give_back(loan)
        er.async_get(hass).async_update_entity(
            device.select_id, new_entity_id="select.attic"
        )
        await hass.async_block_till_done()
        assert len(loans.open) == 1
        device.select._attr_available = True
        device.select.async_write_ha_state()
        await hass.async_block_till_done()
        assert hass.states.is_state("select.attic", "preferred")
        assert loans.open == ()


async def test_a_stop_of_home_assistant_gives_back_before_states_are_saved(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """In the middle of a start, too: shutdown jobs come first of all."""
    device = Device("porch", never_finishes=True)
    async with visit(hass, device, GREETING) as there:
        starting = hass.async_create_background_task(
            there.act("start_conversation"), "ring"
        )
        async with asyncio.timeout(5):
            await device.satellite.is_asked.wait()
        assert option(hass, device) == "Pumpkin"
        at_the_stop: list[str] = []
        hass.bus.async_listen_once(
            "homeassistant_stop", lambda _: at_the_stop.append(option(hass, device))
        )
        await hass.async_stop(force=True)
        await asyncio.gather(starting, return_exceptions=True)
        [ended] = there.named(EventName.CONVERSATION_ENDED)
        assert ended["reason"] == "unloaded"  # Nobody waited for the microphone.
    assert at_the_stop == ["preferred"]
    assert stored(hass_storage) == []


async def test_a_start_that_fails_gives_back(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the satellite can be used by others at once."""
    monkeypatch.setattr(assist_start, "START_TIMEOUT_S", 0.2)
    device = Device("porch", never_finishes=True)
    async with visit(hass, device, GREETING) as there:
        with pytest.raises(HomeAssistantError):
            await there.act("start_conversation")
        assert option(hass, device) == "preferred"
        assert hass.states.is_state(device.entity_id, "idle")
        assert async_get_loans(hass).open == ()
