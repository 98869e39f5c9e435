"""Where the cells of one fault are played, one after the other in one world."""

import asyncio
from contextlib import AsyncExitStack

from tests.faults.cell import Outcome, Phase, play
from tests.faults.fault import Fault
from tests.faults.house import HouseLoop
from tests.faults.world import World, world_of


class Stage:
    """A fault's world, which is built when it is needed and anew when it broke."""

    def __init__(self, fault: Fault) -> None:
        """Build nothing yet."""
        self.fault = fault
        self._runner: asyncio.Runner | None = None
        self._stack = AsyncExitStack()
        self._world: World | None = None

    def play(self, phase: Phase, more_s: float = 0.0) -> Outcome:
        """Play a cell; raise `AssertionError` where something of it stays."""
        try:
            if self._runner is None:
                self._build()
            assert self._runner is not None
            assert self._world is not None
            trouble = self.fault.trouble_at(phase)
            return self._runner.run(play(self._world, trouble, phase, more_s))
        except BaseException:
            self._abandon()
            raise

    def _build(self) -> None:
        """Build a world in a loop of its own."""
        self._runner = asyncio.Runner(loop_factory=HouseLoop)
        world = self._stack.enter_async_context(world_of(self.fault.kind))
        self._world = self._runner.run(world)

    def close(self) -> None:
        """Switch everything off."""
        if self._runner is None:
            return
        try:
            self._runner.run(self._stack.aclose())
        finally:
            self._forget()

    def _abandon(self) -> None:
        """Leave a world in which nobody knows how things are."""
        try:
            self.close()
        except Exception as error:  # noqa: BLE001 - what broke it is told already
            print(f"The world of {self.fault.name} broke: {error!r}")  # noqa: T201

    def _forget(self) -> None:
        """Begin with another world."""
        assert self._runner is not None
        self._runner.close()
        self._runner, self._world, self._stack = None, None, AsyncExitStack()
