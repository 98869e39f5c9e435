"""An event loop whose clock jumps over every wait.

Sockets of 127.0.0.1 are real: time only passes when neither a callback nor a
socket has anything to do.
"""

import asyncio
from collections.abc import Callable, Coroutine
import selectors
from typing import Any, override

# For the kernel to pass on what was written to a loopback socket.
_GRACE_S = 0.0002
_STUCK_S = 5.0


class _Selector(selectors.DefaultSelector):
    """Turn waiting into passing time."""

    passed = 0.0

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, else let the timeout have passed."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            if not (ready := super().select(_STUCK_S)):
                raise RuntimeError("Everything waits for something that never comes")
            return ready
        if not (ready := super().select(_GRACE_S)):
            self.passed += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop that starts at second 1000 and never waits."""

    def __init__(self) -> None:
        """Start the clock."""
        self._virtual = _Selector()
        super().__init__(self._virtual)

    @override
    def time(self) -> float:
        """Return the virtual time in seconds."""
        return 1000.0 + self._virtual.passed


def run[T](scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario in virtual time; no task may be left behind."""

    async def and_look_back() -> T:
        """Run it and look for what it left."""
        async with asyncio.timeout(3600):
            result = await scenario
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left
        return result

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(and_look_back())


def now() -> float:
    """Return the loop's time in seconds."""
    return asyncio.get_running_loop().time()


def spawn(coro: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Start a task as a config entry would."""
    return asyncio.get_running_loop().create_task(coro, name=name)


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Let time pass until something holds, in steps of 5 ms, later of 50 ms."""
    begin = now()
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005 if now() - begin < 2 else 0.05)
