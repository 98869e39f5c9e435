"""An event loop whose clock jumps over every wait.

Sockets of 127.0.0.1 are real: time only passes when neither a callback nor a
socket nor a thread of an executor has anything to do.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
import selectors
import socket
from typing import Any, override

# How often the kernel is asked whether it has passed on what was written to loopback
# sockets: what it passes on may make it write more (a handshake, an acknowledgement).
_ROUNDS = 3
# The longer the wait, the more is lost by not having seen what comes.
_LONG_S, _LONG_GRACE_S = 1.0, 0.05
# What floats can add to the clock, or a timer that is almost due stays so for ever.
_SHORTEST_S = 1e-9
# The loop runs what is due within a nanosecond; who then looks at the clock and finds
# it too early would ask for ever, so time passes for whoever asks so often.
_PATIENCE, _TICK_S = 200, 2e-9
_STUCK_S = 5.0
_OWN_SOCKETS = 1  # The one that wakes the loop.
_SLOWEST_WORK_S = 60.0


class _Bell:
    """A packet to itself, which a kernel delivers after all that were sent before."""

    def __init__(self) -> None:
        """Have a place to send it to."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.connect(self._socket.getsockname())
        self._socket.settimeout(_STUCK_S)

    def ring(self) -> None:
        """Wait until it is heard."""
        self._socket.send(b"!")
        self._socket.recv(1)

    def close(self) -> None:
        """Take it down."""
        self._socket.close()


class _Selector(selectors.DefaultSelector):
    """Turn waiting into passing time."""

    passed = 0.0
    is_patient = True
    _bell: _Bell | None = None
    _asked = 0
    """How often somebody asked since time passed."""

    working = 0
    """How many threads work for somebody; the clock stands still meanwhile."""

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, else let the timeout have passed."""
        self._asked += 1
        if self._asked > _PATIENCE:
            self.passed += _TICK_S
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self.working:
            return super().select(_SLOWEST_WORK_S)
        if timeout is None:
            if not (ready := super().select(_STUCK_S)):
                raise RuntimeError("Everything waits for something that never comes")
            return ready
        if not (ready := self._settle(timeout)):
            self.passed += max(timeout, _SHORTEST_S)
            self._asked = 0
        return ready

    @override
    def close(self) -> None:
        """Close, with all that was made to wait."""
        super().close()
        if self._bell is not None:
            self._bell.close()

    def _settle(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready once nothing is on its way any more."""
        if len(self.get_map()) == _OWN_SOCKETS:
            return []
        if self._bell is None:
            self._bell = _Bell()
        for _ in range(_ROUNDS):
            self._bell.ring()
            if ready := super().select(0):
                return ready
        is_long = self.is_patient and timeout > _LONG_S
        return super().select(_LONG_GRACE_S) if is_long else []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop that starts at second 1000 and never waits."""

    def __init__(self, *, is_patient: bool = True) -> None:
        """Start the clock.

        Where it is not patient it never sleeps, which is what a busy machine wants
        where some milliseconds of virtual time do not matter.
        """
        self._virtual = _Selector()
        self._virtual.is_patient = is_patient
        super().__init__(self._virtual)

    @override
    def time(self) -> float:
        """Return the virtual time in seconds."""
        return 1000.0 + self._virtual.passed

    @override
    def run_in_executor[*Ts, T](
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Let a thread work; no time passes until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._virtual.working += 1
        future.add_done_callback(self._rest)
        return future

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Let the threads end; no time passes meanwhile."""
        self._virtual.working += 1
        try:
            await super().shutdown_default_executor(timeout)
        finally:
            self._virtual.working -= 1

    def _rest(self, _: asyncio.Future[Any]) -> None:
        """Note that a thread is done, or that nobody waits for it any more."""
        self._virtual.working -= 1


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
