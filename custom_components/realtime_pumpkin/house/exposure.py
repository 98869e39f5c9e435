"""Which entities Home Assistant exposes to one voice, and to no other assistant."""

from homeassistant.components.homeassistant.exposed_entities import (
    async_expose_entity,
    async_get_assistant_settings,
)
from homeassistant.core import HomeAssistant

from .use import Caller

_SHOWN = "should_expose"


def expose(caller: Caller) -> frozenset[str]:
    """Expose what the user chose, without what strangers may not use; return it.

    All else that was ever exposed to the voice is exposed no more.
    """
    allowed = frozenset(filter(caller.guard.admits, caller.rules.exposed_entities))
    _set(caller.hass, caller.assistant, allowed)
    return allowed


def withdraw(hass: HomeAssistant, assistant: str) -> None:
    """Expose nothing to a voice that is gone."""
    _set(hass, assistant, frozenset())


def _set(hass: HomeAssistant, assistant: str, allowed: frozenset[str]) -> None:
    """Expose just these entities to an assistant."""
    settings = async_get_assistant_settings(hass, assistant)
    shown = {one for one, options in settings.items() if options.get(_SHOWN)}
    for entity_id in shown - allowed:
        async_expose_entity(hass, assistant, entity_id, False)
    for entity_id in allowed - shown:
        async_expose_entity(hass, assistant, entity_id, True)
