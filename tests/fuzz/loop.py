"""A loop in which no time passes for real, for cores that only wait for each other."""

import asyncio
from collections.abc import Coroutine
from functools import cache
import selectors
from typing import Any, override

from tests.links.virtual_time import VirtualTimeLoop


class _Instant(selectors.DefaultSelector):
    """Let every wait have passed at once: there are no sockets."""

    passed = 0.0

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; raise where nothing ever will be."""
        if timeout is None and not super().select(0):
            raise RuntimeError("Everything waits for something that never comes")
        self.passed += max(0.0, timeout or 0.0)
        return super().select(0)


class InstantLoop(VirtualTimeLoop):
    """A loop without sockets of others, which never waits."""

    def __init__(self) -> None:
        """Start the clock."""
        self._virtual = _Instant()
        asyncio.SelectorEventLoop.__init__(self, self._virtual)


@cache
def _loop() -> InstantLoop:
    """Return this process's loop."""
    return InstantLoop()


def run_at_once[T](scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario; raise what a task or callback raised, and where one is left."""
    loop, raised = _loop(), []
    loop.set_exception_handler(lambda _, context: raised.append(context))
    result = loop.run_until_complete(_with_limit(scenario))
    for _ in range(3):  # A generator that was given up is closed by the loop.
        loop.run_until_complete(asyncio.sleep(0))
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left))
    assert not left, f"left behind: {left}"
    for context in raised:
        raise context.get("exception") or AssertionError(str(context))
    return result


async def _with_limit[T](scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario of two hours at most."""
    async with asyncio.timeout(7200):
        return await scenario
