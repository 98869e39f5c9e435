"""A house of real entities that write down whatever is done to them.

Each thing lies in an area, on a floor, under a label and in a device of its own, so
that each form of a target means it and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.alarm_control_panel import (
    AlarmControlPanelEntity,
    AlarmControlPanelEntityFeature,
    AlarmControlPanelState,
)
from homeassistant.components.cover import CoverEntity, CoverEntityFeature
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.lock import LockEntity
from homeassistant.components.switch import SwitchEntity
from homeassistant.components.valve import ValveEntity, ValveEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    setup_test_component_platform,
)

type Touched = list[str]


class _Thing(Entity):
    """An entity that writes down what is done to it."""

    _attr_should_poll = False
    touched: Touched

    def note(self, *_: Any, **__: Any) -> None:
        """Write down that somebody did something."""
        self.touched.append(self.entity_id)


class _Light(_Thing, LightEntity):
    """A lamp."""

    _attr_color_mode = ColorMode.BRIGHTNESS
    _attr_supported_color_modes = {ColorMode.BRIGHTNESS}  # noqa: RUF012
    _attr_is_on = False
    turn_on = _Thing.note
    turn_off = _Thing.note


class _Switch(_Thing, SwitchEntity):
    """A switch."""

    _attr_is_on = False
    turn_on = _Thing.note
    turn_off = _Thing.note


class _Lock(_Thing, LockEntity):
    """A lock that can be opened."""

    _attr_is_locked = True
    lock = _Thing.note
    unlock = _Thing.note


class _Cover(_Thing, CoverEntity):
    """A gate or a blind."""

    _attr_is_closed = True
    _attr_current_cover_position = 40
    _attr_supported_features = (
        CoverEntityFeature.OPEN
        | CoverEntityFeature.CLOSE
        | CoverEntityFeature.STOP
        | CoverEntityFeature.SET_POSITION
    )
    open_cover = _Thing.note
    close_cover = _Thing.note
    stop_cover = _Thing.note
    set_cover_position = _Thing.note


class _Valve(_Thing, ValveEntity):
    """A valve."""

    _attr_is_closed = True
    _attr_reports_position = True
    _attr_current_valve_position = 40
    _attr_supported_features = (
        ValveEntityFeature.OPEN
        | ValveEntityFeature.CLOSE
        | ValveEntityFeature.STOP
        | ValveEntityFeature.SET_POSITION
    )
    open_valve = _Thing.note
    close_valve = _Thing.note
    stop_valve = _Thing.note
    set_valve_position = _Thing.note


class _Alarm(_Thing, AlarmControlPanelEntity):
    """An alarm panel without a code."""

    _attr_alarm_state = AlarmControlPanelState.ARMED_AWAY
    _attr_code_arm_required = False
    _attr_supported_features = AlarmControlPanelEntityFeature.ARM_AWAY
    alarm_disarm = _Thing.note
    alarm_arm_away = _Thing.note


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing of the house."""

    name: str
    entity_id: str
    make: type[_Thing]
    action: str
    """What does something to it."""

    state: str
    """Another state than it has, for scenes."""

    device_class: str | None = None

    @property
    def domain(self) -> str:
        """Return the domain of its entity."""
        return self.entity_id.partition(".")[0]


LOCK: Final = Kind("lock", "lock.front_door", _Lock, "lock.unlock", "unlocked")
GARAGE: Final = Kind(
    "garage", "cover.big_garage", _Cover, "cover.open_cover", "open", "garage"
)
GATE: Final = Kind("gate", "cover.way_in", _Cover, "cover.open_cover", "open", "gate")
DOOR: Final = Kind("door", "cover.cellar", _Cover, "cover.open_cover", "open", "door")
PLAIN_COVER: Final = Kind(
    "plain_cover", "cover.something", _Cover, "cover.toggle", "open"
)
VALVE: Final = Kind("valve", "valve.gas", _Valve, "valve.open_valve", "open")
ALARM: Final = Kind(
    "alarm",
    "alarm_control_panel.home",
    _Alarm,
    "alarm_control_panel.alarm_disarm",
    "disarmed",
)
KEPT: Final = (LOCK, GARAGE, GATE, DOOR, PLAIN_COVER, VALVE, ALARM)

LAMP: Final = Kind("lamp", "light.porch", _Light, "light.turn_on", "on")
FOG: Final = Kind("fog", "switch.fog", _Switch, "switch.turn_on", "on")
BLIND: Final = Kind(
    "blind", "cover.kitchen_blind", _Cover, "cover.open_cover", "open", "blind"
)
ALLOWED: Final = (LAMP, FOG, BLIND)
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (*KEPT, *ALLOWED)}


async def async_move_in(hass: HomeAssistant, *kinds: Kind) -> Touched:
    """Put things into the house; return what will be done to them."""
    touched: Touched = []
    by_domain: dict[str, list[Entity]] = {}
    for kind in kinds:
        thing = kind.make()
        thing.touched = touched
        thing.entity_id = kind.entity_id
        thing._attr_unique_id = kind.name
        thing._attr_name = kind.name.replace("_", " ")
        thing._attr_device_class = kind.device_class
        by_domain.setdefault(kind.domain, []).append(thing)
    for domain, entities in by_domain.items():
        setup_test_component_platform(hass, domain, entities)
        config = {domain: {"platform": "test"}}
        assert await async_setup_component(hass, domain, config)
    await hass.async_block_till_done()
    for kind in kinds:
        assert hass.states.get(kind.entity_id), kind
        _place(hass, kind)
    return touched


def _place(hass: HomeAssistant, kind: Kind) -> None:
    """Put a thing into an area, on a floor, under a label and into a device."""
    owner = MockConfigEntry(domain="test", title=kind.name)
    owner.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=owner.entry_id, identifiers={("test", kind.name)}
    )
    floor = fr.async_get(hass).async_create(f"Floor {kind.name}")
    area = ar.async_get(hass).async_create(f"Area {kind.name}", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create(f"Label {kind.name}")
    er.async_get(hass).async_update_entity(
        kind.entity_id,
        name=kind.name.replace("_", " "),
        device_id=device.id,
        area_id=area.id,
        labels={label.label_id},
    )


def device_of(hass: HomeAssistant, kind: Kind) -> str:
    """Return the id of a thing's device."""
    entry = er.async_get(hass).async_get(kind.entity_id)
    assert entry is not None
    assert entry.device_id is not None
    return entry.device_id


def targets_of(hass: HomeAssistant, kind: Kind) -> dict[str, dict[str, Any]]:
    """Return each form of a target that means a thing."""
    entry = er.async_get(hass).async_get(kind.entity_id)
    assert entry is not None
    return {
        "entity": {"entity_id": kind.entity_id},
        "list": {"entity_id": ["light.nowhere", kind.entity_id]},
        "registry_id": {"entity_id": entry.id},
        "area": {"area_id": f"area_{kind.name}"},
        "floor": {"floor_id": f"floor_{kind.name}"},
        "label": {"label_id": f"label_{kind.name}"},
        "device": {"device_id": device_of(hass, kind)},
        "group": {"entity_id": f"group.{kind.name}"},
        "nested_group": {"entity_id": f"group.{kind.name}_around"},
        "all": {"entity_id": "all"},
        "template": {"entity_id": "{{ '" + kind.entity_id + "' }}"},
    }
