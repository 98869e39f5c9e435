"""How much an object holds on to, whatever it is made of."""

from collections import deque
from collections.abc import Iterator
import sys
from typing import Any


def weigh(thing: Any) -> int:
    """Return the bytes of everything that is reached from an object of ours."""
    seen: set[int] = set()
    waiting, weight = [thing], 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type):
            continue
        seen.add(id(each))
        weight += sys.getsizeof(each)
        waiting.extend(_inner(each))
    return weight


def _inner(each: Any) -> Iterator[Any]:
    """Yield what an object holds."""
    if isinstance(each, dict):
        yield from each
        yield from each.values()
    elif isinstance(each, list | tuple | set | frozenset | deque):
        yield from each
    elif type(each).__module__.startswith("custom_components."):
        yield from getattr(each, "__dict__", {}).values()
        for kind in type(each).__mro__:
            for name in getattr(kind, "__slots__", ()):
                if hasattr(each, name):
                    yield getattr(each, name)
