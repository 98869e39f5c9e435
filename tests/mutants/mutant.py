"""What it is to switch a guard off.

An entry of a list of guards is

    Guard(
        "a lost socket is given up after 15 s",   # the promise, as a sentence
        "realtime.reconnection:BUDGET",           # module below the integration : name
        math.inf,                                 # what stands there instead
        ("tests/faults/test_account.py::test_cell[refused-listening]",),
    )

The name after the colon may be dotted (`Deck.async_close`). It is looked up where it
is *used*: a constant that another module imports by name is replaced in that module.
A function is replaced by another one with its parameters; a coroutine function by an
`async def`. The last field are tests as pytest names them (a file, a test, or a test
with its parameters): with the guard off at least one of them has to fail, with the
guard on all of them pass. Name the fewest and fastest that will notice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

INTEGRATION: Final = "custom_components.realtime_pumpkin"


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that keeps the integration safe, and how to switch it off."""

    name: str
    target: str
    instead: Any
    tests: tuple[str, ...]

    def find(self) -> tuple[Any, str]:
        """Return the owner and the name of what is replaced.

        Raises `ImportError` or `AttributeError` where there is no such thing.
        """
        module, _, path = self.target.partition(":")
        owner: Any = import_module(f"{INTEGRATION}.{module}".rstrip("."))
        *parents, name = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        getattr(owner, name)
        return owner, name

    def switch_off(self) -> Callable[[], None]:
        """Put the other thing in its place; return what takes that back."""
        owner, name = self.find()
        # Not getattr: what a class holds may be a property or a static method.
        before = vars(owner)[name]
        setattr(owner, name, self.instead)
        return lambda: setattr(owner, name, before)
