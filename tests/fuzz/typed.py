"""Whether an object is what its annotations promise."""

from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
import dataclasses
from functools import cache
import types
from typing import Any, TypeAliasType, Union, get_args, get_origin, get_type_hints

type Check = Callable[[Any], bool]


class WrongType(AssertionError):
    """Something came out that its annotations do not promise."""


def assert_typed(value: Any) -> None:
    """Raise `WrongType` where a dataclass holds what it does not declare."""
    for name, check in _fields(type(value)).items():
        inner = getattr(value, name)
        if not check(inner):
            raise WrongType(f"{type(value).__name__}.{name} is {inner!r:.200}")


@cache
def _fields(kind: type) -> dict[str, Check]:
    """Return the checks of a dataclass's fields."""
    hints = get_type_hints(kind)
    return {each.name: _check(hints[each.name]) for each in dataclasses.fields(kind)}


def _check(hint: Any) -> Check:
    """Return the check of an annotation."""
    if isinstance(hint, TypeAliasType):
        hint = hint.__value__
    if hint is Any:
        return lambda value: True
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        checks = [_check(each) for each in arguments]
        return lambda value: any(check(value) for check in checks)
    if origin is tuple:
        [inner] = {_check(each) for each in arguments if each is not ...}
        return lambda value: isinstance(value, tuple) and all(map(inner, value))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*map(_check, arguments))
    if origin is not None and issubclass(origin, Sequence | AbstractSet):
        each = _check(arguments[0])
        return lambda value: isinstance(value, origin) and all(map(each, value))
    return _plain(hint)


def _mapping(key: Check, inner: Check) -> Check:
    """Return the check of a mapping."""
    return lambda value: (
        isinstance(value, Mapping)
        and all(map(key, value))
        and all(map(inner, value.values()))
    )


def _plain(kind: type) -> Check:
    """Return the check of a class; a truth is no number, and a dataclass is walked."""
    if kind is None:
        kind = type(None)
    if dataclasses.is_dataclass(kind):

        def is_typed(value: Any) -> bool:
            """Walk a dataclass."""
            if not isinstance(value, kind):
                return False
            assert_typed(value)
            return True

        return is_typed
    if kind is float:
        return lambda value: isinstance(value, float | int) and value is not True
    if kind is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    return lambda value: isinstance(value, kind)
