"""Small checks that walk JSON and name the exact place where it is wrong."""

from base64 import b64decode
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from .errors import (
    ApiError,
    invalid_type,
    invalid_value,
    missing_parameter,
    unknown_parameter,
)

type Check = Callable[[Any, str], Any]
"""Return a value as it is kept, or raise `ApiError` naming the dotted path."""


def anything(value: Any, path: str) -> Any:
    """Accept every value."""
    return value


def text(value: Any, path: str) -> str:
    """Accept a string."""
    if not isinstance(value, str):
        raise invalid_type(path, "a string", value)
    return value


def read_base64(encoded: str, path: str, *, of: str) -> bytes:
    """Decode the base64 `of` audio or image; raises `ApiError` where it is none."""
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error, ValueError:
        raise invalid_value(
            path, f"Invalid '{path}': expected base64-encoded {of} bytes."
        ) from None


def boolean(value: Any, path: str) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise invalid_type(path, "a boolean", value)
    return value


def any_object(value: Any, path: str) -> dict[str, Any]:
    """Accept an object of any keys."""
    if not isinstance(value, dict):
        raise invalid_type(path, "an object", value)
    return value


def literal(*allowed: str) -> Check:
    """Accept one of several words."""

    def check(value: Any, path: str) -> str:
        text(value, path)
        if value not in allowed:
            choices = ", ".join(f"'{word}'" for word in allowed)
            raise invalid_value(
                path, f"Invalid value: '{value}'. Supported values are: {choices}."
            )
        return str(value)

    return check


def bounded_text(most: int) -> Check:
    """Accept a string up to a length."""

    def check(value: Any, path: str) -> str:
        if len(text(value, path)) > most:
            raise invalid_value(
                path, f"Invalid '{path}': string too long, at most {most} characters."
            )
        return str(value)

    return check


def number(least: float, most: float) -> Check:
    """Accept a number within bounds."""

    def check(value: Any, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid_type(path, "a decimal number", value)
        return _within(value, least, most, path)

    return check


def integer(least: int, most: int) -> Check:
    """Accept a whole number within bounds."""

    def check(value: Any, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid_type(path, "an integer", value)
        return int(_within(value, least, most, path))

    return check


def _within(value: float, least: float, most: float, path: str) -> float:
    """Raise when a number lies outside its bounds."""
    if not least <= value <= most:
        raise invalid_value(
            path,
            f"Invalid '{path}': expected a value between {least:g} and {most:g},"
            f" but got {value:g} instead.",
        )
    return value


def nullable(check: Check) -> Check:
    """Accept null too."""
    return lambda value, path: None if value is None else check(value, path)


def cleared(check: Check, empty: Any) -> Check:
    """Take null for the empty value."""
    return lambda value, path: empty() if value is None else check(value, path)


def either(*checks: Check) -> Check:
    """Accept what one of several checks accepts; report the last one's error."""

    def check(value: Any, path: str) -> Any:
        for attempt in checks[:-1]:
            try:
                return attempt(value, path)
            except ApiError:
                continue
        return checks[-1](value, path)

    return check


def array(check: Check, most: int | None = None) -> Check:
    """Accept a list whose elements pass a check."""

    def check_all(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise invalid_type(path, "an array", value)
        if most is not None and len(value) > most:
            raise invalid_value(
                path, f"Invalid '{path}': array too long, at most {most}."
            )
        return [check(element, f"{path}[{i}]") for i, element in enumerate(value)]

    return check_all


def mapping(check: Check, most: int, key_length: int) -> Check:
    """Accept an object with a bounded number of free keys."""

    def check_all(value: Any, path: str) -> dict[str, Any]:
        pairs = any_object(value, path)
        if len(pairs) > most or any(len(key) > key_length for key in pairs):
            raise invalid_value(
                path,
                f"Invalid '{path}': at most {most} pairs with keys of at most"
                f" {key_length} characters.",
            )
        return {key: check(each, f"{path}.{key}") for key, each in pairs.items()}

    return check_all


def fields(known: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """Accept an object of known keys."""

    def check(value: Any, path: str) -> dict[str, Any]:
        given = any_object(value, path)
        prefix = f"{path}." if path else ""
        for key in required:
            if key not in given:
                raise missing_parameter(prefix + key)
        for key in given:
            if key not in known:
                raise unknown_parameter(prefix + key)
        return {key: known[key](each, prefix + key) for key, each in given.items()}

    return check


def by_key(key: str, kinds: Mapping[str, Check]) -> Check:
    """Accept an object whose `key` says which check it must pass."""

    def check(value: Any, path: str) -> Any:
        given = any_object(value, path)
        place = f"{path}.{key}" if path else key
        if key not in given:
            raise missing_parameter(place)
        return kinds[literal(*kinds)(given[key], place)](given, path)

    return check
