"""Classes of entities that are kept from strangers."""

from typing import Final

from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import get_device_class

KEPT_DOMAINS: Final = frozenset({"alarm_control_panel", "lock", "valve"})
_OPEN_COVERS: Final = frozenset({"awning", "blind", "curtain", "shade", "shutter"})
"""Covers that let nobody in; one without a class may be a gate."""

_COMMANDS: Final = frozenset({"button", "number", "remote", "select", "switch", "text"})
"""What may move the lock, the alarm or the gate whose device it belongs to."""


def is_kept(hass: HomeAssistant, entity_id: str, *, is_group: bool) -> bool:
    """Tell whether an entity itself is kept; a group of covers is as its covers are."""
    if _is_kept_itself(hass, entity_id, is_group=is_group):
        return True
    entry = er.async_get(hass).async_get(entity_id)
    is_command = split_entity_id(entity_id)[0] in _COMMANDS
    if not is_command or entry is None or entry.device_id is None:
        return False
    beside = er.async_entries_for_device(
        er.async_get(hass), entry.device_id, include_disabled_entities=True
    )
    return any(_is_kept_itself(hass, one.entity_id, is_group=False) for one in beside)


def _is_kept_itself(hass: HomeAssistant, entity_id: str, *, is_group: bool) -> bool:
    """Tell whether an entity is of a class that is kept."""
    domain = split_entity_id(entity_id)[0]
    if domain != "cover":
        return domain in KEPT_DOMAINS
    return not is_group and _class_of(hass, entity_id) not in _OPEN_COVERS


def _class_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the device class of a cover; None where it has or shows none."""
    if (state := hass.states.get(entity_id)) is not None:
        shown: str | None = state.attributes.get(ATTR_DEVICE_CLASS)
        return shown
    try:
        return get_device_class(hass, entity_id)
    except HomeAssistantError:
        return None
