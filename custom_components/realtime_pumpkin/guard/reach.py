"""Everything that using an entity touches, and what follows from that."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL, ENTITY_MATCH_NONE
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from .classes import KEPT_DOMAINS, is_kept
from .house import Automation, House
from .refusal import NotForStrangers
from .steps import Action, DeviceAction, Fired, Touch, Unclear, touches

_SWITCHED: Final = frozenset({"toggle", "turn_off", "turn_on"})
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "automation": _SWITCHED | {"trigger"},
    "homeassistant": _SWITCHED | {"update_entity"},
    "scene": frozenset({"turn_on"}),
    "script": _SWITCHED,
}
"""Actions of domains that also have others, which nobody can look into."""

_ON_ENTITIES: Final = frozenset(
    {
        *("button", "camera", "climate", "counter", "cover", "fan", "humidifier"),
        *("input_boolean", "input_button", "input_datetime", "input_number"),
        *("input_select", "input_text", "lawn_mower", "light", "media_player"),
        *("number", "select", "siren", "switch", "text", "timer", "vacuum"),
        "water_heater",
    }
)
"""Domains whose actions do something to their targets and to nothing else."""

_OF_WORDS: Final = frozenset({"notify", "persistent_notification", "tts"})
"""Domains whose actions only tell something."""

_OPAQUE: Final = frozenset({"reload", "send_command"})

type Path = tuple[str, ...]


class Reach:
    """Follow what is touched; raise `NotForStrangers` where it may be kept.

    Nothing is run. What cannot be told before it is run is taken for the worst.
    Where nothing is kept, everything is followed, and `is_clear` tells whether all
    of it could be seen.
    """

    def __init__(
        self, hass: HomeAssistant, house: House | None = None, *, keeps: bool = True
    ) -> None:
        """Touch nothing yet, in a house as it was looked at just before."""
        self.is_clear = True
        self._hass = hass
        self._keeps = keeps
        self._house = house or House(hass)
        self._paths: dict[str, Path] = {}
        self._events: dict[str, Path] = {}

    def follow(self, entity_ids: Iterable[str]) -> frozenset[str]:
        """Return all entities that are touched when some are used."""
        for entity_id in entity_ids:
            self._touch(entity_id, ())
        self._follow_automations()
        return frozenset(self._paths)

    def _touch(self, entity_id: str, path: Path) -> None:
        """Go on with one entity."""
        if entity_id in self._paths:
            return
        path = (*path, entity_id)
        self._paths[entity_id] = path
        members = self._house.members(entity_id)
        if is_kept(self._hass, entity_id, is_group=bool(members)):
            self._keep(path)
        if split_entity_id(entity_id)[0] == "scene" and not members:
            self._lose(path, "a scene of another make")
        for inside in (*members, *self._house.disguises(entity_id)):
            self._touch(inside, path)
        sequences = self._house.sequences(entity_id)
        if sequences is None:
            self._lose(path, "steps that cannot be read")
        for sequence in sequences or ():
            for touch in touches(sequence):
                self._take(touch, path)

    def _keep(self, path: Path) -> None:
        """Say that a way ends at what is kept."""
        if self._keeps:
            raise NotForStrangers(path, is_proven=True)

    def _lose(self, path: Path, what: str) -> None:
        """Say that nobody can tell where a way ends."""
        self.is_clear = False
        if self._keeps:
            raise NotForStrangers((*path, what), is_proven=False)

    def _take(self, touch: Touch, path: Path) -> None:
        """Go on with what one step does."""
        match touch:
            case Action():
                self._perform(touch, path)
            case Fired(event_type):
                self._fire(event_type, (*path, f"event {event_type}"))
            case DeviceAction(domain, entity_id):
                self._use_device(domain, entity_id, path)
            case Unclear(what):
                self._lose(path, what)

    def _fire(self, event_type: str, path: Path) -> None:
        """Go on with an event; those of integrations have listeners of their own."""
        self._events.setdefault(event_type, path)
        for component in self._hass.config.components:
            if event_type.startswith((f"{component}_", f"{component}.")):
                self._lose(path, f"an event of {component}")

    def _use_device(self, domain: str, entity_id: str | None, path: Path) -> None:
        """Go on with an action of a device."""
        found = er.async_resolve_entity_id(er.async_get(self._hass), entity_id or "")
        if domain in KEPT_DOMAINS:
            self._keep((*path, f"device action {domain}"))
        if found is None or domain not in _ON_ENTITIES | KEPT_DOMAINS:
            self._lose(path, f"a device action of {domain}")
        else:
            self._touch(found, path)

    def _perform(self, action: Action, path: Path) -> None:
        """Go on with an action of Home Assistant."""
        domain, name = action.domain, action.name
        called = f"{domain}.{name}"
        if domain in KEPT_DOMAINS:
            self._keep((*path, called))
        if domain in _OF_WORDS:
            return
        if domain == "script" and name not in (*_SWITCHED, "reload"):
            self._touch(self._script_of(name), path)
        elif called == "scene.apply":
            self._apply(action.data.get("entities"), path)
        elif name in _KNOWN.get(domain, frozenset()) or (
            domain in _ON_ENTITIES | KEPT_DOMAINS and name not in _OPAQUE
        ):
            for entity_id in self._targets(action, path):
                self._touch(entity_id, path)
        else:
            self._lose(path, called)

    def _script_of(self, name: str) -> str:
        """Return the entity of a script that is called by its own action."""
        registry = er.async_get(self._hass)
        return (
            registry.async_get_entity_id("script", "script", name) or f"script.{name}"
        )

    def _apply(self, entities: Any, path: Path) -> None:
        """Go on with states that are applied as a scene."""
        if not isinstance(entities, Mapping):
            self._lose(path, "scene.apply")
            return
        for entity_id in entities:
            self._touch(str(entity_id), path)

    def _targets(self, action: Action, path: Path) -> set[str]:
        """Return the entities that an action is performed on.

        Of an area, a floor, a label or a device those of its own domain.
        """
        named = action.targets.get(ATTR_ENTITY_ID, frozenset()) - {ENTITY_MATCH_NONE}
        everything = action.domain == "homeassistant"
        if ENTITY_MATCH_ALL in named:
            domain = None if everything else action.domain
            return set(self._hass.states.async_entity_ids(domain))
        registry = er.async_get(self._hass)
        found = {one: er.async_resolve_entity_id(registry, one) for one in named}
        if None in found.values():
            self._lose(path, f"an unknown target of {action.domain}.{action.name}")
        selection = TargetSelection(
            {kind: list(ids) for kind, ids in action.targets.items() if ids}
        )
        chosen = async_extract_referenced_entity_ids(
            self._hass, selection, primary_entities_only=False
        )
        implied = {
            one
            for one in chosen.indirectly_referenced
            if everything or split_entity_id(one)[0] == action.domain
        }
        return {one for one in found.values() if one is not None} | implied

    def _follow_automations(self) -> None:
        """Go on with automations that are set off, until nothing new is touched."""
        is_new = True
        while is_new:
            is_new = False
            touched = self._with_wholes()
            for automation in self._house.automations():
                if automation.entity_id in self._paths:
                    continue
                if automation.follows(touched, self._events.keys()):
                    self._touch(automation.entity_id, self._cause(automation, touched))
                    is_new = True

    def _with_wholes(self) -> set[str]:
        """Return what was touched and the groups whose state changes with it."""
        touched = set(self._paths)
        waiting = list(touched)
        while waiting:
            for whole in self._house.wholes(waiting.pop()):
                if whole not in touched:
                    touched.add(whole)
                    waiting.append(whole)
        return touched

    def _cause(self, automation: Automation, touched: set[str]) -> Path:
        """Return the way to whatever sets an automation off."""
        for entity_id in sorted(touched):
            if automation.follows({entity_id}, frozenset()):
                return self._paths.get(entity_id, (entity_id,))
        return next(iter(self._events.values()), ())
