"""How late the event loop is, kept in memory that does not grow."""

from array import array
import asyncio
from itertools import accumulate
import os
import threading

PERIOD_S = 0.01
_BINS_PER_MS = 20
_LONGEST_MS = 1000


class Histogram:
    """Counts of times, in steps of 0.05 ms up to a second."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._bins = array("Q", bytes(8 * (_BINS_PER_MS * _LONGEST_MS + 1)))
        self.longest_ms = 0.0

    def note(self, ms: float) -> None:
        """Count a sample."""
        ms = max(0.0, ms)
        self._bins[min(int(ms * _BINS_PER_MS), len(self._bins) - 1)] += 1
        self.longest_ms = max(self.longest_ms, ms)

    def forget(self) -> None:
        """Start anew."""
        for place, count in enumerate(self._bins):
            if count:
                self._bins[place] = 0
        self.longest_ms = 0.0

    @property
    def samples(self) -> int:
        """Return how many there were."""
        return sum(self._bins)

    def quantile_ms(self, share: float) -> float:
        """Return the time that this share of the samples does not exceed."""
        sums = list(accumulate(self._bins))
        wanted = share * sums[-1]
        place = next((at for at, count in enumerate(sums) if count >= wanted), 0)
        return min((place + 1) / _BINS_PER_MS, self.longest_ms)


class Lag:
    """How late a sleep of 10 ms returns, with and without the wait for a core."""

    def __init__(self) -> None:
        """Begin in the thread of the loop."""
        self._whole, self._own = Histogram(), Histogram()
        path = f"/proc/self/task/{threading.get_native_id()}/schedstat"
        self._schedstat = os.open(path, os.O_RDONLY)

    async def watch(self) -> None:
        """Sample until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                due, waited_ms = loop.time() + PERIOD_S, self._waited_ms()
                await asyncio.sleep(PERIOD_S)
                late_ms = (loop.time() - due) * 1000
                self._whole.note(late_ms)
                self._own.note(late_ms - (self._waited_ms() - waited_ms))
        finally:
            os.close(self._schedstat)

    def _waited_ms(self) -> float:
        """Return for how long this thread could have run and another one did."""
        return int(os.pread(self._schedstat, 64, 0).split()[1]) / 1e6

    def forget(self) -> None:
        """Start anew."""
        self._whole.forget()
        self._own.forget()

    def summary(self) -> dict[str, float]:
        """Return how late it was, in ms."""
        return {
            "samples": self._whole.samples,
            "p50": self._whole.quantile_ms(0.5),
            "p99": self._whole.quantile_ms(0.99),
            "p999": self._whole.quantile_ms(0.999),
            "longest": self._whole.longest_ms,
            "own_p50": self._own.quantile_ms(0.5),
            "own_p99": self._own.quantile_ms(0.99),
            "own_longest": self._own.longest_ms,
        }
