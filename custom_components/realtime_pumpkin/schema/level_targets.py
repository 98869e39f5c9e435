"""The field for what moves with a level: lights, numbers and switches."""

from collections.abc import Mapping
import math
from typing import Any, Final

from homeassistant.core import split_entity_id, valid_entity_id
from homeassistant.helpers.selector import (
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
)

from ..fields import Field
from ..staging import MOST_TARGETS, Follows, LevelTarget

DOMAINS: Final = ("light", "number", "input_number", "switch", "input_boolean")
FOLLOWS: Final = "follows"
INVALID: Final = "level_targets_invalid"
_DEFAULT: Final = LevelTarget("")
_PERCENT: Final = ("light", "switch", "input_boolean")


def _number(
    least: float, most: float, unit: str | None = None, step: float | str = 1
) -> dict[str, Any]:
    """Return the selector of a number."""
    box = {"min": least, "max": most, "step": step, "mode": "box"}
    return {"number": {**box, "unit_of_measurement": unit} if unit else box}


def _field(
    selector: dict[str, Any], default: Any = None, *, required: bool = False
) -> ObjectSelectorField:
    """Return a field of the object, whose words are in the translations."""
    field = ObjectSelectorField(selector=selector, required=required)
    if default is not None:
        field["default"] = default
    return field


def _follows(labels: Mapping[str, str]) -> ObjectSelectorField:
    """Return the field for whose level a thing follows.

    The frontend looks up no texts of what is inside an object, so they come along.
    """
    options = [
        {"value": each.value, "label": labels.get(each.value, each.value)}
        for each in Follows
    ]
    select = {"options": options, "translation_key": FOLLOWS, "mode": "dropdown"}
    return _field({"select": select}, _DEFAULT.follows.value)


_FIELDS: Final[dict[str, ObjectSelectorField]] = {
    "entity_id": _field(
        {"entity": {"filter": [{"domain": [*DOMAINS]}]}}, required=True
    ),
    FOLLOWS: _follows({}),
    "lowest": _field(_number(-1e6, 1e6, step="any")),
    "highest": _field(_number(-1e6, 1e6, step="any")),
    "attack_ms": _field(_number(0, 2000, "ms"), _DEFAULT.attack_ms),
    "release_ms": _field(_number(0, 5000, "ms"), _DEFAULT.release_ms),
    "offset_ms": _field(_number(-1000, 1000, "ms"), _DEFAULT.offset_ms),
    "calls_per_second": _field(_number(1, 25), _DEFAULT.calls_per_second),
    "transition_ms": _field(_number(0, 2000, "ms"), _DEFAULT.transition_ms),
    "is_candle": _field({"boolean": {}}, _DEFAULT.is_candle),
}

_NUMBERS: Final = frozenset(
    name
    for name, field in _FIELDS.items()
    if isinstance(field["selector"], dict) and "number" in field["selector"]
)


def _checked(targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return things as they are; raise `ValueError` for what cannot be moved."""
    entity_ids = [target["entity_id"] for target in targets]
    if len(set(entity_ids)) < len(entity_ids) or len(entity_ids) > MOST_TARGETS:
        raise ValueError("twice the same, or too many")
    for target in targets:
        _check_range(target)
    return targets


def _check_range(target: Mapping[str, Any]) -> None:
    """Raise `ValueError` where a thing has no range, or is no such thing."""
    entity_id = target["entity_id"]
    if not valid_entity_id(entity_id) or split_entity_id(entity_id)[0] not in DOMAINS:
        raise ValueError("neither light nor number nor switch")
    if not isinstance(target.get("is_candle", True), bool):
        raise TypeError("neither on nor off")
    for name in _NUMBERS & target.keys():
        if type(target[name]) not in (int, float) or not math.isfinite(target[name]):
            raise TypeError("no number")
    given = [target[name] for name in ("lowest", "highest") if name in target]
    if len(given) == 2 and given[0] >= given[1]:
        raise ValueError("the lowest is not below the highest")
    in_percent = split_entity_id(entity_id)[0] in _PERCENT
    if in_percent and any(not 0 <= each <= 100 for each in given):
        raise ValueError("no percentage")


def level_targets(labels: Mapping[str, str]) -> Field:
    """Return the field for the things that follow a level, and its choices' texts."""
    return Field(
        ObjectSelector(
            ObjectSelectorConfig(
                fields={**_FIELDS, FOLLOWS: _follows(labels)},
                multiple=True,
                label_field="entity_id",
                translation_key="level_target",
            )
        ),
        _checked,
        error=INVALID,
    )
