"""Tests of what system information says of the integration."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from openai import __version__ as openai_version
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import account, async_set_up, only_subentry, only_voice, voice

UNREACHABLE = "http://127.0.0.1:9/v1"


async def async_told(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is told, with all checks made."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info: dict[str, Any] = await get_system_health_info(hass, DOMAIN)
    for key, value in info.items():
        if hasattr(value, "__await__"):
            info[key] = await value
    return info


@pytest.mark.usefixtures("socket_enabled")
async def test_a_healthy_voice_says_so(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The server answers, and nothing has happened yet."""
    assert await async_told(hass) == {
        "can_reach_server": "ok",
        "conversations_today": 0,
        "last_error": "none",
        "openai_version": openai_version,
        "sessions_open": 0,
    }


@pytest.mark.usefixtures("socket_enabled")
async def test_sessions_conversations_and_the_last_error_are_told(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """By kind and time, without the server's words."""
    coordinator = only_voice(loaded_entry)
    coordinator.async_set_updated_data(VoiceState(conversation_id="c1"))
    loaded_entry.runtime_data.ledger.record(
        only_subentry(loaded_entry).subentry_id, {}, 0.0, dt_util.now()
    )
    coordinator.events.fire(
        EventName.ERROR, "c1", kind="account_quota", message="sk-secret"
    )
    info = await async_told(hass)
    assert info["sessions_open"] == 1
    assert info["conversations_today"] == 1
    assert info["last_error"].startswith("account_quota (20")
    assert "sk-secret" not in str(info)
    coordinator.async_set_updated_data(VoiceState())


@pytest.mark.usefixtures("socket_enabled", "homeassistant_component")
async def test_an_account_whose_server_is_away_is_told_as_well(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Each server has its line, also where the account could not be set up."""
    away = account(UNREACHABLE, voice("Ghost"))
    await async_set_up(hass, away)
    info = await async_told(hass)
    assert info["can_reach_server"] == "ok"
    assert info["can_reach_127.0.0.1"] == {"type": "failed", "error": "unreachable"}
    await hass.config_entries.async_unload(away.entry_id)
