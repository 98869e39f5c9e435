"""Values that no field should have, and messages with something wrong about them."""

from collections.abc import Callable
import copy
from typing import Any, Final

from .dice import Dice

DEEP: Final[list[Any]] = []
"""Lists in lists: as deep as our own reader lets them in."""


def _deep(depth: int) -> Any:
    """Return lists in lists."""
    value: Any = "core"
    for _ in range(depth):
        value = [value]
    return value


TEXTS: Final = (
    *(
        "",
        " ",
        "x",
        "\x00",
        "\ufeff",
        "ß\u0301",
        "😀",
        "\u202e",
        "7",
        "{}",
        "[1]",
        "NaN",
    ),
    *("null", "completed", "failed", "cancelled", "incomplete", "function_call"),
    *("message", "error", "session_expired", "insufficient_quota", "configure"),
    *("invalid_api_key", "model_not_found", "create_1", "create_2", "?", "root"),
    *("response_cancel_not_active", "conversation_already_has_active_response"),
    *("finish_conversation", "fog", "AAAA", "AAA", "no base64!", "A" * 10_000),
    *("[" * 2000, '{"a":' * 2000, '{"reason": "\\ud800"}', '{"n": NaN}', "9" * 5000),
    *('{"reason": 1e999}', '{"reason": ["x"], "summary": {}}', "sk-secret", "\n\r\t"),
)
NUMBERS: Final = (
    *(0, 1, -1, 2, 255, 2**15, 2**31, -(2**31), 2**53, 2**63 - 1, -(2**63)),
    *(2**64 - 1, 0.5, -0.0, 1e-300, 1e18, 1e30, -1e30, 1e308, -1e308),
)
"""What JSON's numbers become: whole ones of 64 bits, and others as doubles."""

OTHERS: Final = (None, True, False, [], {}, [None], [[]], {"": None}, [1, "a", {}])


def odd(dice: Dice, depth: int = 2) -> Any:
    """Return a value that a field may have, whatever it should have."""
    kind = dice.number(8)
    if kind < 3:
        return dice.pick(TEXTS)
    if kind < 5:
        return dice.pick(NUMBERS)
    if kind < 6 or not depth:
        return copy.deepcopy(dice.pick(OTHERS))
    if kind == 6:
        return _deep(dice.pick((5, 120, 300, 900)))
    names = [dice.pick(TEXTS[:20]) for _ in range(dice.number(4))]
    return {name: odd(dice, depth - 1) for name in names}


def mutated(dice: Dice, message: dict[str, Any]) -> dict[str, Any]:
    """Return a message with one or a few of its fields gone, odd, or not its own."""
    message = copy.deepcopy(message)
    for _ in range(1 + dice.number(3)):
        dice.pick(_MUTATIONS)(dice, message)
    return message


def _place(dice: Dice, message: dict[str, Any]) -> tuple[Any, Any]:
    """Return an object or list somewhere in a message, and a key of it."""
    at: Any = message
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = dice.pick(keys) if keys else None
        inner = at[key] if keys else None
        if isinstance(inner, dict | list) and inner and not dice.one_in(4):
            at = inner
        else:
            return at, key


def _replace(dice: Dice, message: dict[str, Any]) -> None:
    """Give a field an odd value."""
    at, key = _place(dice, message)
    if key is not None:
        at[key] = odd(dice)


def _drop(dice: Dice, message: dict[str, Any]) -> None:
    """Take a field away."""
    at, key = _place(dice, message)
    if key is not None:
        del at[key]


def _add(dice: Dice, message: dict[str, Any]) -> None:
    """Add a field that nobody expects, or one of another name's."""
    at, key = _place(dice, message)
    if isinstance(at, list):
        at.append(odd(dice))
    else:
        at[dice.pick((key or "x", "extra", "id", "type", "item_id", ""))] = odd(dice)


def _repeat(dice: Dice, message: dict[str, Any]) -> None:
    """Make a text or a list much longer."""
    at, key = _place(dice, message)
    if key is not None and isinstance(at[key], str | list):
        at[key] = at[key] * dice.pick((2, 5, 50))


def _retype(dice: Dice, message: dict[str, Any]) -> None:
    """Say a field's value as another type."""
    at, key = _place(dice, message)
    if key is not None:
        at[key] = dice.pick(_TYPES)(at[key])


_TYPES: Final[tuple[Callable[[Any], Any], ...]] = (
    lambda value: [value],
    lambda value: {"value": value},
    lambda value: str(value)[:500],
    lambda value: len(str(value)),
    bool,
    lambda value: None,
)
_MUTATIONS: Final = (_replace, _drop, _add, _repeat, _retype)
