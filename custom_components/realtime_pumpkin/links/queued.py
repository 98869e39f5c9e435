"""What speakers that play one utterance after the other have in common."""

import asyncio
from collections import deque

from .owned import Clock
from .room import SpeechRoom


class QueuedSpeaker[U]:
    """A queue of utterances, and a sleep that ends when something happens to it."""

    def __init__(self, clock: Clock) -> None:
        """Start with nothing to play, by a monotonic clock in seconds."""
        self._clock = clock
        self._queue: deque[U] = deque()
        self._wake = asyncio.Event()
        self._room = SpeechRoom()

    def _is_current(self, utterance: U) -> bool:
        """Tell whether an utterance is playing and was not cleared."""
        return bool(self._queue) and self._queue[0] is utterance

    async def _sleep(self, until: float | None) -> None:
        """Wait until a time, or until something happened."""
        self._wake.clear()
        if until is None:
            await self._wake.wait()
            return
        # A timeout would cancel and raise, which is most of what a chunk costs.
        timer = asyncio.get_running_loop().call_at(until, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()
