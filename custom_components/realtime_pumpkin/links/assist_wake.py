"""Wait for somebody who says a satellite's wake word, with the voice as its assistant."""

from typing import Final, override

from .assist_run import SatelliteRun
from .errors import AssistSatelliteNotWoken, LinkError
from .satellite_stream import SatelliteStream

WAKE_TIMEOUT_S: Final = 60.0
"""How long people have to read that they are to say it, and to say it."""


class SatelliteWake(SatelliteRun):
    """Let a satellite that Home Assistant cannot start listen to the voice, once.

    Its assistant stays borrowed to the end: Home Assistant's `wyoming` integration
    ends a run when another one is chosen.
    """

    @override
    async def async_run(self) -> SatelliteStream:
        """Return what the satellite hears from its wake word on; raise `LinkError`."""
        try:
            self._require_available()
            await self._borrow()
            self._expect(WAKE_TIMEOUT_S)
            return await self._entered()
        except Exception:
            await self._give_back()
            raise

    @override
    async def async_close(self) -> None:
        """Choose again what was chosen."""
        await self._give_back()

    @property
    @override
    def _too_late(self) -> LinkError:
        """Return the error of a satellite whose wake word nobody said."""
        seconds = f"{WAKE_TIMEOUT_S:.0f}"
        return AssistSatelliteNotWoken(entity_id=self.satellite, seconds=seconds)
