"""Tests of the places that a voice knows already, and of those without a device."""

from unittest.mock import AsyncMock

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import account, async_set_up, only_subentry, voice
from tests.test_voice_flow_ends import STARTS, add_satellite
from tests.voice_flow import (
    async_fill,
    async_go_on,
    async_reconfigure,
    async_to,
    choices,
    shown,
)


async def test_a_satellite_without_a_device_promises_nothing_about_its_echo(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Its model is unknown; it is called by its own name."""
    er.async_get(hass).async_get_or_create(
        "assist_satellite",
        "esphome",
        "s",
        suggested_object_id="porch",
        supported_features=STARTS,
    )
    hass.states.async_set("assist_satellite.porch", "idle", {"friendly_name": "Stoop"})
    result = await async_to(hass, loaded_entry, "microphone")
    text = choices(result, "microphone")["assist:assist_satellite.porch"]
    assert text.startswith("Stoop: can be started by an automation, the porch check")


@pytest.mark.parametrize(
    ("microphone", "speaker", "choice"),
    [
        (
            {"kind": "assist", "entity_id": "assist_satellite.porch"},
            {"kind": "satellite"},
            "assist:assist_satellite.porch",
        ),
        ({"kind": "browser"}, {"kind": "browser"}, "browser"),
    ],
    ids=["assist", "browser"],
)
async def test_a_microphone_that_stays_is_shown_and_kept(
    hass: HomeAssistant,
    homeassistant_component: None,
    realtime_url: str,
    probe: AsyncMock,
    trial: AsyncMock,
    microphone: dict[str, str],
    speaker: dict[str, str],
    choice: str,
) -> None:
    """Neither end is tried: the voice may be in a conversation."""
    add_satellite(hass)
    entry = account(
        realtime_url, voice(data={"microphone": microphone, "speaker": speaker})
    )
    await async_set_up(hass, entry)
    result = await async_go_on(hass, await async_reconfigure(hass, entry), "microphone")
    assert shown(result) == {"microphone": choice}
    result = await async_fill(hass, result, shown(result))
    assert shown(result) == {"speaker": speaker["kind"]}
    await async_go_on(hass, result, speaker=shown(result))
    await hass.async_block_till_done()
    data = only_subentry(entry).data
    assert (data["microphone"], data["speaker"]) == (microphone, speaker)
    probe.assert_not_awaited()
    trial.assert_not_awaited()
    await hass.config_entries.async_unload(entry.entry_id)
