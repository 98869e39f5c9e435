"""What stands in for a guard that is off, where it is nothing in particular."""

import asyncio
from typing import Any, Final

FOR_EVER: Final = 1e9
"""Seconds that nobody lives to see the end of, and more than any bound."""


def nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


async def async_nothing(*_: Any, **__: Any) -> None:
    """Do nothing, after a while."""


async def async_for_ever(*_: Any, **__: Any) -> None:
    """Never come back."""
    await asyncio.Event().wait()


def yes(*_: Any, **__: Any) -> bool:
    """Agree."""
    return True


def no(*_: Any, **__: Any) -> bool:
    """Disagree."""
    return False


async def async_yes(*_: Any, **__: Any) -> bool:
    """Agree, after a while."""
    return True


def empty(*_: Any, **__: Any) -> tuple[()]:
    """Return nothing in particular, of nothing."""
    return ()


def nobody(*_: Any, **__: Any) -> frozenset[Any]:
    """Return no entities."""
    return frozenset()


def as_it_is(*values: Any) -> Any:
    """Return the last value."""
    return values[-1]
