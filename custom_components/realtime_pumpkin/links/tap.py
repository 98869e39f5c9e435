"""Where the pipelines of one voice bring what satellites hear."""

import asyncio
from collections.abc import AsyncIterable, Callable
from typing import Final

from homeassistant.core import HomeAssistant

from .satellite_stream import SatelliteStream
from .satellites import runs_on_leftovers, takes_turns, talking_satellite

LEFTOVERS_S: Final = 0.5
"""How long sound is on its way after a run; nobody says a wake word so soon."""

type OnUnasked = Callable[[SatelliteStream], None]
"""Take a run that nobody has asked for; whoever does not want it closes it."""


class Tap:
    """Give each run of the voice's pipeline to whoever waits for its satellite."""

    def __init__(self, hass: HomeAssistant, on_unasked: OnUnasked) -> None:
        """Expect nobody yet."""
        self._hass = hass
        self._on_unasked = on_unasked
        self._expected: dict[str, asyncio.Future[SatelliteStream]] = {}
        self._ended_at: dict[str, float] = {}

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
        elif self._is_leftover(satellite):
            stream.close()
        else:
            self._on_unasked(stream)
        try:
            await stream.async_read(chunks)
        finally:
            self._ended_at[satellite] = self._hass.loop.time()
        return True

    def _is_leftover(self, satellite: str) -> bool:
        """Tell whether a run is made of sound that was on its way when one ended."""
        ended_at = self._ended_at.get(satellite)
        return (
            ended_at is not None
            and self._hass.loop.time() - ended_at < LEFTOVERS_S
            and runs_on_leftovers(self._hass, satellite)
        )
