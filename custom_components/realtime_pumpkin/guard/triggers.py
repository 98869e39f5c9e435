"""Which automations follow from what was touched."""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Watch:
    """What sets an automation off."""

    entities: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    is_anything: bool = False
    """It cannot be told, or whatever happens does."""

    def follows(self, touched: AbstractSet[str], events: AbstractSet[str]) -> bool:
        """Tell whether it may follow from touched entities or fired events."""
        if not touched and not events:
            return False
        if self.is_anything or self.events & events or self.entities & touched:
            return True
        return any(split_entity_id(one)[0] in self.domains for one in touched)


_NOTHING: Final = Watch()
ANYTHING: Final = Watch(is_anything=True)


def watch_of(hass: HomeAssistant, trigger: Mapping[str, Any]) -> Watch:
    """Return what sets a trigger off, as far as it can be told."""
    kind = trigger.get(CONF_PLATFORM)
    if kind in _FROM_ELSEWHERE:
        return _NOTHING
    if kind == "event":
        return _watch_events(trigger)
    if kind == "template":
        return _watch_template(trigger.get(CONF_VALUE_TEMPLATE))
    watched = _watched(hass, trigger)
    return ANYTHING if watched is None else Watch(entities=watched)


def _watch_events(trigger: Mapping[str, Any]) -> Watch:
    """Return what sets an event trigger off."""
    names = _plain(trigger.get("event_type"))
    if names is None:
        return ANYTHING
    if not any(name in _OF_ENTITIES or name.startswith("timer.") for name in names):
        return Watch(events=names)
    data = trigger.get(CONF_EVENT_DATA) or {}
    about = _plain(data.get(ATTR_ENTITY_ID)) if isinstance(data, Mapping) else None
    return Watch(entities=about, events=names) if about else ANYTHING


def _watch_template(template: Any) -> Watch:
    """Return what changes a template."""
    if not isinstance(template, Template):
        return ANYTHING
    seen = template.async_render_to_info()
    if seen.all_states or seen.all_states_lifecycle or seen.exception:
        return ANYTHING
    domains = frozenset(seen.domains) | frozenset(seen.domains_lifecycle)
    return Watch(entities=frozenset(seen.entities), domains=domains)


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


def _watched(hass: HomeAssistant, trigger: Mapping[str, Any]) -> frozenset[str] | None:
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
    return frozenset(er.async_resolve_entity_id(registry, one) or one for one in named)


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
