"""What scripts, scenes, automations and groups of the house are made of.

Home Assistant tells which entities a script names, but not what it does with them:
its sequences are read where they lie. `tests/guard/test_reach.py` tells when they
lie elsewhere; until then nothing is found, and what is not found is refused.
"""

from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, cast

from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import entity_sources
from homeassistant.helpers.entity_platform import async_get_platforms

from .triggers import ANYTHING, Watch, watch_of

type Sequences = Sequence[Sequence[Mapping[str, Any]]]

_OPAQUE: Final = frozenset({"universal"})
"""Integrations whose entities perform actions that cannot be looked into."""

_WRAPPER: Final = "switch_as_x"


@dataclass(frozen=True, slots=True)
class Automation:
    """An automation that is on."""

    entity_id: str
    watches: tuple[Watch, ...]

    def follows(self, touched: AbstractSet[str], events: AbstractSet[str]) -> bool:
        """Tell whether it may follow from touched entities or fired events."""
        return any(watch.follows(touched, events) for watch in self.watches)


class House:
    """The house as it is now; made anew for each look."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Look nowhere yet."""
        self._hass = hass
        self._groups: dict[str, frozenset[str]] | None = None
        self._automations: list[Automation] | None = None

    def sequences(self, entity_id: str) -> Sequences | None:
        """Return what runs when an entity is used; None where it cannot be seen."""
        domain = split_entity_id(entity_id)[0]
        if domain in ("script", "automation"):
            return self._component_sequences(domain, entity_id)
        source = entity_sources(self._hass).get(entity_id)
        match source["domain"] if source else None:
            case "template":
                return self._template_sequences(entity_id)
            case platform if platform in _OPAQUE:
                return None
            case _:
                return ()

    def _component_sequences(self, domain: str, entity_id: str) -> Sequences | None:
        """Return the steps of a script or an automation."""
        entity = self._component_entity(domain, entity_id)
        script = getattr(entity, "script", None) or getattr(
            entity, "action_script", None
        )
        return None if script is None else (script.sequence,)

    def _component_entity(self, domain: str, entity_id: str) -> Any:
        """Return the object behind an entity; None where there is none."""
        component = _component(self._hass, domain)
        return None if component is None else component.get_entity(entity_id)

    def _template_sequences(self, entity_id: str) -> Sequences | None:
        """Return the steps of all actions of a template entity."""
        for platform in async_get_platforms(self._hass, "template"):
            entity = platform.entities.get(entity_id)
            if platform.domain == split_entity_id(entity_id)[0] and entity is not None:
                scripts = getattr(entity, "_action_scripts", None)
                if scripts is None:
                    return None
                return tuple(script.sequence for script in scripts.values())
        return None

    def members(self, entity_id: str) -> frozenset[str]:
        """Return what a group, of whatever integration, or a scene consists of."""
        return self._all_groups().get(entity_id, frozenset())

    def wholes(self, entity_id: str) -> Iterator[str]:
        """Yield the groups that an entity is a member of."""
        for whole, members in self._all_groups().items():
            if entity_id in members:
                yield whole

    def _all_groups(self) -> dict[str, frozenset[str]]:
        """Return all entities that say which others they consist of."""
        if self._groups is None:
            self._groups = {
                state.entity_id: frozenset(ids)
                for state in self._hass.states.async_all()
                if isinstance(
                    ids := state.attributes.get(ATTR_ENTITY_ID), list | tuple | set
                )
            }
        return self._groups

    def disguises(self, entity_id: str) -> Iterator[str]:
        """Yield the entities that a switch really is, such as a lock."""
        registry = er.async_get(self._hass)
        for entry in self._hass.config_entries.async_entries(_WRAPPER):
            wrapped = er.async_resolve_entity_id(
                registry, entry.options.get(ATTR_ENTITY_ID, "")
            )
            if wrapped == entity_id:
                for one in er.async_entries_for_config_entry(registry, entry.entry_id):
                    yield one.entity_id

    def automations(self) -> list[Automation]:
        """Return the automations that are on."""
        if self._automations is None:
            self._automations = [
                Automation(entity_id, self._watches(entity_id))
                for entity_id in self._hass.states.async_entity_ids("automation")
                if not self._hass.states.is_state(entity_id, STATE_OFF)
            ]
        return self._automations

    def _watches(self, entity_id: str) -> tuple[Watch, ...]:
        """Return what sets an automation off: anything, where that cannot be seen."""
        state = self._hass.states.get(entity_id)
        if state is not None and state.state == STATE_UNAVAILABLE:
            return ()  # It was refused, and listens to nothing.
        entity = self._component_entity("automation", entity_id)
        triggers = getattr(entity, "_trigger_config", None)
        if triggers is None:
            return (ANYTHING,)
        return tuple(watch_of(self._hass, trigger) for trigger in triggers)


def _component(hass: HomeAssistant, domain: str) -> Any:
    """Return what holds the entities of a domain; None where it is not loaded."""
    return cast("dict[str, Any]", hass.data).get(domain)
