"""What the steps of a script do, as far as it can be told before they are run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.template import Template

TARGETS: Final = (
    ATTR_ENTITY_ID,
    ATTR_DEVICE_ID,
    ATTR_AREA_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
_IDLE: Final = frozenset(
    {
        cv.SCRIPT_ACTION_CHECK_CONDITION,
        cv.SCRIPT_ACTION_DELAY,
        cv.SCRIPT_ACTION_SET_CONVERSATION_RESPONSE,
        cv.SCRIPT_ACTION_STOP,
        cv.SCRIPT_ACTION_VARIABLES,
        cv.SCRIPT_ACTION_WAIT_FOR_TRIGGER,
        cv.SCRIPT_ACTION_WAIT_TEMPLATE,
    }
)
"""Steps that change nothing in the house."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action of Home Assistant is performed on targets."""

    domain: str
    name: str
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fired:
    """An event is fired."""

    event_type: str


@dataclass(frozen=True, slots=True)
class DeviceAction:
    """A device does something that its integration offers."""

    domain: str
    entity_id: str | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can tell what happens; `what` says why in a few words."""

    what: str


type Touch = Action | Fired | DeviceAction | Unclear


def touches(sequence: Iterable[Mapping[str, Any]]) -> Iterator[Touch]:
    """Yield what the steps of a validated sequence do; disabled ones count as well."""
    for step in sequence:
        yield from _touches_of(step)


def _touches_of(step: Mapping[str, Any]) -> Iterator[Touch]:
    """Yield what one step does."""
    match cv.determine_script_action(dict(step)):
        case cv.SCRIPT_ACTION_CALL_SERVICE:
            yield _action(step)
        case cv.SCRIPT_ACTION_ACTIVATE_SCENE:
            yield _scene(step["scene"])
        case cv.SCRIPT_ACTION_FIRE_EVENT:
            yield _event(step["event"])
        case cv.SCRIPT_ACTION_DEVICE_AUTOMATION:
            yield DeviceAction(str(step.get("domain")), step.get(ATTR_ENTITY_ID))
        case kind if kind in _IDLE:
            return
        case kind:
            yield from _inside(step, kind)


def _scene(scene: Any) -> Touch:
    """Return the action that a step `scene: …` is short for."""
    if (ids := _ids(scene)) is None:
        return Unclear("a scene that is a template")
    return Action("scene", "turn_on", {ATTR_ENTITY_ID: ids})


def _inside(step: Mapping[str, Any], kind: str) -> Iterator[Touch]:
    """Yield what the steps inside a step do, whichever of them are run."""
    sequences: Sequence[Any]
    match kind:
        case cv.SCRIPT_ACTION_CHOOSE:
            choices = [choice["sequence"] for choice in step["choose"]]
            sequences = [*choices, step.get("default") or ()]
        case cv.SCRIPT_ACTION_IF:
            sequences = [step["then"], step.get("else") or ()]
        case cv.SCRIPT_ACTION_PARALLEL:
            sequences = [branch["sequence"] for branch in step["parallel"]]
        case cv.SCRIPT_ACTION_REPEAT:
            sequences = [step["repeat"]["sequence"]]
        case cv.SCRIPT_ACTION_SEQUENCE:
            sequences = [step["sequence"]]
        case _:
            yield Unclear(f"the step {kind}")
            return
    for sequence in sequences:
        yield from touches(sequence)


def _event(event_type: Any) -> Touch:
    """Return what a step `event: …` does."""
    if isinstance(event_type, Template):
        return Unclear("an event whose type is a template")
    return Fired(str(event_type))


def _action(step: Mapping[str, Any]) -> Touch:
    """Return what a step `action: …` does."""
    called = next((step[key] for key in _CALLED if step.get(key)), None)
    if not isinstance(called, str) or "." not in called:
        return Unclear("an action that is a template")
    domain, name = called.split(".", 1)
    targets: dict[str, frozenset[str]] = {}
    data: dict[str, Any] = {}
    for source in (step, *(step.get(key) or {} for key in _GIVEN)):
        if not isinstance(source, Mapping):
            return Unclear(f"a template for the data of {called}")
        if source is not step:
            data.update(source)
        for kind in TARGETS:
            ids = _ids(source.get(kind))
            if ids is None:
                return Unclear(f"a template in the target of {called}")
            targets[kind] = targets.get(kind, frozenset()) | ids
    return Action(domain, name, targets, data)


_CALLED: Final = ("action", "service", "service_template")
_GIVEN: Final = ("target", "data", "data_template")


def _ids(value: Any) -> frozenset[str] | None:
    """Return the ids in a target; None where they are a template."""
    match value:
        case None:
            return frozenset()
        case str():
            parts = (part.strip() for part in value.split(","))
            is_template = "{{" in value or "{%" in value
            return None if is_template else frozenset(filter(None, parts))
        case list() | tuple() | set() | frozenset():
            inner = [_ids(one) for one in value]
            if any(ids is None for ids in inner):
                return None
            return frozenset().union(*(ids for ids in inner if ids))
        case _:
            return None
