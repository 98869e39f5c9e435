"""Which automations follow from what was touched."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    CONF_EVENT_DATA,
    CONF_OPTIONS,
    CONF_PLATFORM,
    CONF_TARGET,
    CONF_VALUE_TEMPLATE,
)
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)
from homeassistant.helpers.template import Template
from homeassistant.helpers.trigger import async_extract_entities

_FROM_ELSEWHERE: Final = frozenset(
    {
        "calendar",
        "conversation",
        "geo_location",
        "homeassistant",
        "mqtt",
        "sun",
        "tag",
        "time_pattern",
        "webhook",
    }
)
"""Kinds of triggers that nothing in the house sets off by being switched."""

_OF_ENTITIES: Final = frozenset(
    {
        "automation_triggered",
        "call_service",
        "script_started",
        "state_changed",
        "state_reported",
    }
)
"""Events that Home Assistant fires by itself when something is touched."""


def follows(
    hass: HomeAssistant,
    trigger: Mapping[str, Any],
    touched: Collection[str],
    events: Collection[str],
) -> bool:
    """Tell whether a trigger may be set off by touched entities or fired events.

    What cannot be told counts as set off.
    """
    kind = trigger.get(CONF_PLATFORM)
    if kind in _FROM_ELSEWHERE:
        return False
    if kind == "event":
        return _follows_event(trigger, touched, events)
    if kind == "template":
        return _follows_template(trigger.get(CONF_VALUE_TEMPLATE), touched)
    watched = _watched(hass, trigger)
    return watched is None or not watched.isdisjoint(touched)


def _follows_event(
    trigger: Mapping[str, Any], touched: Collection[str], events: Collection[str]
) -> bool:
    """Tell whether an event trigger is set off."""
    names = _plain(trigger.get("event_type"))
    if names is None or not names.isdisjoint(events):
        return True
    if not any(name in _OF_ENTITIES or name.startswith("timer.") for name in names):
        return False
    data = trigger.get(CONF_EVENT_DATA) or {}
    about = _plain(data.get(ATTR_ENTITY_ID)) if isinstance(data, Mapping) else None
    return not about or not about.isdisjoint(touched)


def _plain(value: Any) -> frozenset[str] | None:
    """Return names that are written out; None where they are templates."""
    names: set[str] = set()
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, Template) and one.is_static:
            names.add(one.template)
        elif isinstance(one, str):
            names.add(one)
        else:
            return None
    return frozenset(names)


def _follows_template(template: Any, touched: Collection[str]) -> bool:
    """Tell whether what a template looks at was touched."""
    if not isinstance(template, Template):
        return True
    seen = template.async_render_to_info()
    if seen.all_states or seen.all_states_lifecycle or seen.exception:
        return True
    domains = {split_entity_id(one)[0] for one in touched}
    if not seen.domains.isdisjoint(domains) or seen.domains_lifecycle & domains:
        return True
    return not seen.entities.isdisjoint(touched)


def _watched(hass: HomeAssistant, trigger: Mapping[str, Any]) -> set[str] | None:
    """Return the entities that a trigger watches; None where it names nothing."""
    named = set(_listed(async_extract_entities(dict(trigger))))
    for place in (trigger, trigger.get(CONF_OPTIONS) or {}):
        named.update(_listed(place.get(ATTR_ENTITY_ID)))
        for device_id in _listed(place.get(ATTR_DEVICE_ID)):
            named.update(_of_device(hass, device_id))
    target = trigger.get(CONF_TARGET)
    if target:
        chosen = async_extract_referenced_entity_ids(
            hass, TargetSelection(target), primary_entities_only=False
        )
        named |= chosen.referenced | chosen.indirectly_referenced
    if not named and not target and trigger.get(CONF_PLATFORM) != "time":
        return None
    registry = er.async_get(hass)
    return {er.async_resolve_entity_id(registry, one) or one for one in named}


def _of_device(hass: HomeAssistant, device_id: str) -> list[str]:
    """Return the entities of a device."""
    registry = er.async_get(hass)
    entries = er.async_entries_for_device(
        registry, device_id, include_disabled_entities=True
    )
    return [entry.entity_id for entry in entries]


def _listed(value: Any) -> list[str]:
    """Return one or several ids as a list."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if value else []
