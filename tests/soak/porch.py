"""Satellites at a door where somebody always speaks, in a process of their own.

`python -m tests.soak.porch COUNT` prints a line of JSON, the satellites' ports, and
at its end another one, what Home Assistant did wrong at them.
"""

import asyncio
from itertools import count
import json
import signal
import sys
from typing import Any, override

from wyoming.event import Event
from wyoming.satellite import RunSatellite

from tests.links.satellite import FakeSatellite

_MOST_AHEAD_S = 1.5
"""Of real time: this process may have to wait for a core."""


class EndlessSatellite(FakeSatellite):
    """A satellite that remembers nothing of what it has played."""

    @override
    async def _obey(self, event: Event, writer: asyncio.StreamWriter) -> None:
        """Do what is asked for and forget it."""
        if RunSatellite.is_type(event.type):
            self._format = None  # Whoever was here before may have been cut off.
        await super()._obey(event, writer)
        self.events.clear()
        self.pcm.clear()
        del self.played[:-1]

    @override
    async def stop(self) -> None:
        """Vanish, with all that was still to be heard."""
        await super().stop()
        self._format = None
        self.played.clear()


def _print(what: Any) -> None:
    """Tell whoever started the process."""
    print(json.dumps(what), flush=True)  # noqa: T201 - the result


async def main() -> None:
    """Serve until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    satellites = [
        EndlessSatellite(most_ahead=_MOST_AHEAD_S) for _ in range(int(sys.argv[1]))
    ]
    for satellite in satellites:
        await satellite.start()
    _print([satellite.port for satellite in satellites])
    await stopped.wait()
    faults = zip(count(1), (satellite.faults for satellite in satellites))
    _print({number: found for number, found in faults if found})
    for satellite in satellites:
        await satellite.stop()


if __name__ == "__main__":
    asyncio.run(main())
