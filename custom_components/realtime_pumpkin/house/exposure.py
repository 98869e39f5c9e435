"""Which entities Home Assistant exposes to one voice, and to no other assistant."""

from homeassistant.components.homeassistant import exposed_entities
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from .use import Caller

_SHOWN = "should_expose"


class ExposureUnknown(HomeAssistantError):
    """Home Assistant keeps what is exposed to whom in another way."""


def expose(caller: Caller) -> frozenset[str]:
    """Expose what the user chose, without what strangers may not use; return it.

    All else that was ever exposed to the voice is exposed no more. Raises
    `ExposureUnknown` where that cannot be told, and then no tool may be used.
    """
    allowed = caller.guard.admitted(caller.rules.exposed_entities)
    _set(caller.hass, caller.assistant, allowed)
    return allowed


def forget_gone(hass: HomeAssistant) -> None:
    """Forget what was exposed to voices that there are no more."""
    entries = hass.config_entries.async_entries(DOMAIN)
    voices = {voice for entry in entries for voice in entry.subentries}
    registry = er.async_get(hass)
    for entity in list(registry.entities.values()):
        for assistant in entity.options:
            ours, _, voice = assistant.partition(".")
            if ours == DOMAIN and voice and voice not in voices:
                registry.async_update_entity_options(entity.entity_id, assistant, None)


def _set(hass: HomeAssistant, assistant: str, allowed: frozenset[str]) -> None:
    """Expose just these entities to an assistant; raise `ExposureUnknown`.

    Home Assistant has nothing public for that: this is the one place that asks.
    """
    try:
        settings = exposed_entities.async_get_assistant_settings(hass, assistant)
        shown = {one for one, options in settings.items() if options.get(_SHOWN)}
        for entity_id in shown - allowed:
            exposed_entities.async_expose_entity(hass, assistant, entity_id, False)
        for entity_id in allowed - shown:
            exposed_entities.async_expose_entity(hass, assistant, entity_id, True)
    except (AttributeError, TypeError) as err:
        raise ExposureUnknown("What is exposed cannot be told") from err
