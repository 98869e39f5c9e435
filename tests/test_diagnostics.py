"""Tests of what a bug report holds."""

from typing import Any

from homeassistant.core import HomeAssistant
from openai import __version__ as openai_version
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import VOICE_DATA, only_voice
from tests.realtime_server import KEY, MODEL

SATELLITE = {"full_duplex": True, "echo_cancelled": False, "remote_start": True}


async def test_diagnostics_tell_the_set_up_and_no_secret(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Key, persona and host are left out; what helps is there."""
    only_voice(loaded_entry).async_set_updated_data(
        VoiceState(phase=Phase.LISTENING, conversation_id="c1")
    )
    report = await async_get_config_entry_diagnostics(hass, loaded_entry)
    assert report["account"] == {
        "api_key": "**REDACTED**",
        "provider": "compatible",
        "base_url": loaded_entry.data["base_url"],
    }
    assert report["openai"] == openai_version
    assert report["loans"] == []
    [voice] = report["voices"]
    assert voice["options"] == {
        "instructions": "**REDACTED**",
        "voice": "echo",
        "model": MODEL,
        "microphone": {"kind": "wyoming", "host": "**REDACTED**", "port": 10700},
        "speaker": {"kind": "satellite"},
    }
    assert voice["links"] == {
        "microphone": {**SATELLITE, "stop_latency_ms": 0},
        "speaker": {**SATELLITE, "stop_latency_ms": 300},
    }
    assert KEY not in str(report)
    assert VOICE_DATA["instructions"] not in str(report)


async def test_diagnostics_tell_state_counts_and_the_last_error_but_no_words(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """What happened helps; what was said does not."""
    coordinator = only_voice(loaded_entry)
    happened: tuple[tuple[EventName, dict[str, Any]], ...] = (
        (EventName.USER_TRANSCRIPT, {"text": "I am Tim."}),
        (EventName.ASSISTANT_TRANSCRIPT, {"text": "Hello, Tim."}),
        (EventName.ERROR, {"kind": "account_quota", "message": "Tim has no money"}),
    )
    for name, data in happened:
        coordinator.events.fire(name, "c1", **data)
    [voice] = (await async_get_config_entry_diagnostics(hass, loaded_entry))["voices"]
    assert voice["state"]["phase"] == "idle"
    assert voice["state"]["connection"] == "closed"
    assert voice["state"]["is_enabled"] is True
    assert voice["tally"]["last_heard"] == "**REDACTED**"
    assert voice["tally"]["last_said"] == "**REDACTED**"
    assert voice["tally"]["last_error"] == "account_quota"
    assert voice["usage"]["day"]["conversations"] == 0
    assert voice["is_within_budget"] is True
    assert "Tim" not in str(voice)
