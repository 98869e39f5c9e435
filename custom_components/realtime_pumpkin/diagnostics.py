"""What a bug report may hold: no key, no persona, nothing that was said."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from openai import __version__ as openai_version

from .const import (
    CONF_CONFIRMATION_PHRASE,
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_OPENINGS,
    CONF_ORGANIZATION,
    CONF_UNREADABLE,
)
from .coordinator import VoiceCoordinator
from .loans import async_get_loans
from .models import RealtimePumpkinConfigEntry

TO_REDACT: Final = frozenset(
    {
        CONF_API_KEY,
        CONF_CONFIRMATION_PHRASE,
        CONF_HOST,
        CONF_INSTRUCTIONS,
        CONF_OPENINGS,
        CONF_ORGANIZATION,
        CONF_UNREADABLE,
    }
)
_WORDS: Final = frozenset({"last_heard", "last_said"})


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> dict[str, Any]:
    """Return the account and its voices."""
    return {
        "account": async_redact_data(dict(entry.data), TO_REDACT),
        "openai": openai_version,
        "loans": [
            {"kind": loan.kind, "entity_id": loan.entity_id, "since": loan.since}
            for loan in async_get_loans(hass).open
        ],
        "voices": [_voice(voice) for voice in entry.runtime_data.voices.values()],
    }


def _voice(voice: VoiceCoordinator) -> dict[str, Any]:
    """Return what a voice is set to, what it is doing and what it has done."""
    microphone, speaker = voice.links.create(voice.options)
    return {
        "options": async_redact_data(dict(voice.subentry.data), TO_REDACT),
        "links": {
            "microphone": asdict(microphone.capabilities),
            "speaker": asdict(speaker.capabilities),
        },
        "state": asdict(voice.data),
        "entity_id": voice.events.entity_id,
        "tally": async_redact_data(asdict(voice.tally.data), _WORDS),
        "usage": asdict(voice.totals),
        "is_within_budget": voice.is_within_budget,
    }
