"""One stage, on which one voice talks at a time."""

import asyncio
from collections import deque
from typing import Final

MOST_WAITING: Final = 4


class StageLock:
    """Let one voice in, the others in their order; each is known by its id."""

    def __init__(self) -> None:
        """Be empty."""
        self.holder: str | None = None
        self._waiting: deque[tuple[str, asyncio.Future[bool]]] = deque()

    @property
    def is_unused(self) -> bool:
        """Tell whether nobody is there and nobody waits."""
        return self.holder is None and not self._waiting

    def try_enter(self, who: str) -> bool:
        """Enter now, or not at all."""
        if self.holder is not None:
            return False
        self.holder = who
        return True

    async def async_enter(self, who: str, patience_s: float) -> bool:
        """Enter, after a wait where somebody is there; tell whether it came to it.

        Whoever is there, or waits already, is let in no second time, and no more
        than a few may wait.
        """
        if self.try_enter(who):
            return True
        if self._is_known(who) or len(self._waiting) >= MOST_WAITING:
            return False
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((who, turn))
        try:
            async with asyncio.timeout(patience_s):
                return await turn
        except BaseException as error:
            self._give_up(who, turn)
            if isinstance(error, TimeoutError):
                return False
            raise

    def leave(self, who: str, heir: str | None = None) -> None:
        """Make room: for an heir, else for whoever waits longest."""
        if self.holder != who:
            return
        self.holder = heir
        while self.holder is None and self._waiting:
            waiting, turn = self._waiting.popleft()
            if not turn.done():
                self.holder = waiting
                turn.set_result(True)

    def send_away(self, who: str) -> None:
        """Let somebody wait no longer."""
        for waiting, turn in self._waiting:
            if waiting == who and not turn.done():
                turn.set_result(False)
        self._forget(who)

    def _is_known(self, who: str) -> bool:
        """Tell whether somebody is there or waits."""
        return self.holder == who or any(waiting == who for waiting, _ in self._waiting)

    def _give_up(self, who: str, turn: asyncio.Future[bool]) -> None:
        """Undo a wait that ended early, even where the turn had just come."""
        if turn.done() and not turn.cancelled() and turn.result():
            self.leave(who)
        else:
            self._forget(who)

    def _forget(self, who: str) -> None:
        """Take somebody out of the row."""
        kept = [(waiting, turn) for waiting, turn in self._waiting if waiting != who]
        self._waiting = deque(kept)
