"""How the integration is doing, for Home Assistant's system information."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from openai import __version__ as openai_version

from .const import CONF_BASE_URL, DOMAIN
from .coordinator import VoiceCoordinator
from .models import RealtimePumpkinConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Offer what there is to tell."""
    register.async_register_info(
        async_info, f"/config/integrations/integration/{DOMAIN}"
    )


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return sessions, conversations, the last error and what can be reached."""
    entries: list[RealtimePumpkinConfigEntry] = hass.config_entries.async_entries(
        DOMAIN
    )
    voices = list(_voices(entries))
    return {
        "openai_version": openai_version,
        "sessions_open": sum(
            voice.data.conversation_id is not None for voice in voices
        ),
        "conversations_today": sum(voice.totals.day.conversations for voice in voices),
        "last_error": _last_error(voices),
        **_servers(hass, entries),
    }


def _voices(entries: list[RealtimePumpkinConfigEntry]) -> Iterator[VoiceCoordinator]:
    """Yield the voices that are loaded."""
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            yield from entry.runtime_data.voices.values()


def _last_error(voices: list[VoiceCoordinator]) -> str:
    """Return the kind and the time of the latest error of all voices."""
    latest = max(
        (
            (tally.last_error_at, tally.last_error)
            for voice in voices
            if (tally := voice.tally.data).last_error_at is not None
        ),
        default=None,
    )
    if latest is None:
        return "none"
    at, kind = latest
    return f"{kind} ({at.isoformat(timespec='seconds')})"


def _servers(
    hass: HomeAssistant, entries: list[RealtimePumpkinConfigEntry]
) -> dict[str, Any]:
    """Return a check for each server that an account has; a rehearsal has none.

    One server is named by a translated line, each further one by its host.
    """
    urls = dict.fromkeys(
        url for entry in entries if (url := entry.data.get(CONF_BASE_URL))
    )
    return {
        "can_reach_server"
        if n == 0
        else f"can_reach_{urlsplit(url).hostname}": system_health.async_check_can_reach_url(
            hass, url
        )
        for n, url in enumerate(urls)
    }
