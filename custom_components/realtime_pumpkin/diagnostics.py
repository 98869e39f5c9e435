"""What a bug report may hold: no key, no persona, nothing that was said."""

from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant

from .const import CONF_HOST, CONF_INSTRUCTIONS
from .coordinator import VoiceCoordinator
from .models import RealtimePumpkinConfigEntry

TO_REDACT: Final = frozenset({CONF_API_KEY, CONF_HOST, CONF_INSTRUCTIONS})


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> dict[str, Any]:
    """Return the account and its voices."""
    return {
        "account": async_redact_data(dict(entry.data), TO_REDACT),
        "voices": [_voice(voice) for voice in entry.runtime_data.voices.values()],
    }


def _voice(voice: VoiceCoordinator) -> dict[str, Any]:
    """Return what a voice is set to and what it is doing."""
    return {
        "options": async_redact_data(dict(voice.subentry.data), TO_REDACT),
        "phase": voice.data.phase.value,
        "in_conversation": voice.data.conversation_id is not None,
        "available": voice.data.available,
    }
