"""How entries of older versions become what this version stores."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from yarl import URL

from .const import (
    CONF_BASE_URL,
    CONF_PERSONA,
    CONF_PROVIDER,
    DEFAULT_BASE_URL,
    SUBENTRY_VOICE,
    XAI_BASE_URL,
    Provider,
)
from .personas import CUSTOM_PERSONA

VERSION: Final = 1
MINOR_VERSION: Final = 2
"""Of an entry and of its voices: subentries have no version of their own."""

_AZURE: Final = (".openai.azure.com", ".services.ai.azure.com")


@callback
def async_migrate(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Bring an entry and its voices up to date; False where it is from the future."""
    if entry.version > VERSION:
        return False
    if entry.minor_version < 2:
        _name_provider_and_persona(hass, entry)
    return True


def _name_provider_and_persona(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Store what 0.1.0 did not ask for: whose server it is, and who a voice is."""
    for voice in entry.subentries.values():
        if voice.subentry_type == SUBENTRY_VOICE:
            data = {CONF_PERSONA: CUSTOM_PERSONA, **voice.data}
            hass.config_entries.async_update_subentry(entry, voice, data=data)
    data = {CONF_BASE_URL: DEFAULT_BASE_URL, **entry.data}
    provider = provider_of(data[CONF_BASE_URL])
    hass.config_entries.async_update_entry(
        entry, data={CONF_PROVIDER: provider.value, **data}, minor_version=2
    )


def provider_of(base_url: str) -> Provider:
    """Return whose server an address is."""
    if base_url == DEFAULT_BASE_URL:
        return Provider.OPENAI
    if base_url == XAI_BASE_URL:
        return Provider.XAI
    try:
        is_azure = (URL(base_url).host or "").endswith(_AZURE)
    except TypeError, ValueError:
        is_azure = False
    return Provider.AZURE if is_azure else Provider.COMPATIBLE
