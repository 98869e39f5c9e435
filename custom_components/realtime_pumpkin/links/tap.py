"""Where the pipelines of one voice bring what satellites hear."""

import asyncio
from collections.abc import AsyncIterable, Callable

from homeassistant.core import HomeAssistant

from .satellite_stream import SatelliteStream
from .satellites import takes_turns, talking_satellite

type OnUnasked = Callable[[SatelliteStream], None]
"""Take a run that nobody has asked for; whoever does not want it closes it."""


class Tap:
    """Give each run of the voice's pipeline to whoever waits for its satellite."""

    def __init__(self, hass: HomeAssistant, on_unasked: OnUnasked) -> None:
        """Expect nobody yet."""
        self._hass = hass
        self._on_unasked = on_unasked
        self._expected: dict[str, asyncio.Future[SatelliteStream]] = {}

    def expect(self, satellite: str) -> asyncio.Future[SatelliteStream]:
        """Return what will hold the satellite's next run."""
        expected: asyncio.Future[SatelliteStream] = self._hass.loop.create_future()
        self._expected[satellite] = expected
        return expected

    def forget(self, satellite: str, expected: asyncio.Future[SatelliteStream]) -> None:
        """Expect it no more."""
        if self._expected.get(satellite) is expected:
            del self._expected[satellite]
        expected.cancel()

    async def async_run(self, chunks: AsyncIterable[bytes]) -> bool:
        """Take a run's sound until its conversation is over.

        To be called as the first thing in the pipeline's stage. False where no
        satellite runs the pipeline whose microphone can stay open: whoever does
        takes turns.
        """
        satellite = talking_satellite(self._hass)
        if satellite is None or takes_turns(self._hass, satellite):
            return False
        stream = SatelliteStream(satellite)
        expected = self._expected.pop(satellite, None)
        if expected is not None and not expected.done():
            expected.set_result(stream)
        else:
            self._on_unasked(stream)
        await stream.async_read(chunks)
        return True
