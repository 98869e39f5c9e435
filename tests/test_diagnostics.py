"""Tests of what a bug report holds."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import VOICE_DATA, only_voice
from tests.realtime_server import KEY, MODEL


async def test_diagnostics_tell_the_set_up_and_no_secret(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Key, persona and host are left out; what helps is there."""
    only_voice(loaded_entry).async_set_updated_data(
        VoiceState(phase=Phase.LISTENING, conversation_id="c1")
    )
    report = await async_get_config_entry_diagnostics(hass, loaded_entry)
    assert report == {
        "account": {
            "api_key": "**REDACTED**",
            "provider": "compatible",
            "base_url": loaded_entry.data["base_url"],
        },
        "voices": [
            {
                "options": {
                    "instructions": "**REDACTED**",
                    "voice": "echo",
                    "model": MODEL,
                    "microphone": {
                        "kind": "wyoming",
                        "host": "**REDACTED**",
                        "port": 10700,
                    },
                    "speaker": {"kind": "satellite"},
                },
                "phase": "listening",
                "in_conversation": True,
                "available": True,
            }
        ],
    }
    assert KEY not in str(report)
    assert VOICE_DATA["instructions"] not in str(report)
