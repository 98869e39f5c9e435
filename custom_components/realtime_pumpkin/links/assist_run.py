"""A run of the voice's pipeline at a satellite, whose assistant is borrowed for it."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..lending import Loan
from ..loans import Loans
from .announcements import Announcements
from .errors import (
    AssistSatelliteNotStartable,
    AssistSatelliteRefused,
    AssistSatelliteUnavailable,
    LinkError,
)
from .owned import Clock
from .satellite_stream import SatelliteStream
from .satellites import pipeline_select
from .tap import Tap


@dataclass(frozen=True, slots=True)
class AssistAccess:
    """What a voice needs to listen through Home Assistant's satellites."""

    tap: Tap
    loans: Loans
    pipeline: Callable[[], Awaitable[str]]
    """Return the name of the voice's pipeline, which is there then.

    Raises `PipelineMissing`.
    """
    announcements: Announcements


class SatelliteRun(ABC):
    """Wait for the satellite to listen to the voice's pipeline, once.

    The satellite's assistant is borrowed for that: what was chosen is chosen
    again when the pipeline runs or has run, or when it is sure that it will not.
    """

    def __init__(
        self, hass: HomeAssistant, satellite: str, access: AssistAccess, clock: Clock
    ) -> None:
        """Borrow nothing yet from the satellite (its entity id)."""
        self.satellite = satellite
        self._hass = hass
        self._access = access
        self._clock = clock
        self._loan: Loan | None = None
        self._expected: asyncio.Future[SatelliteStream] | None = None
        self._deadline = 0.0

    @abstractmethod
    async def async_run(self) -> SatelliteStream:
        """Return what the satellite hears from now on.

        Raises `LinkError` with nothing left to do; `async_close` does the rest else.
        """

    @abstractmethod
    async def async_close(self) -> None:
        """End what was begun, and give back."""

    @property
    @abstractmethod
    def _too_late(self) -> LinkError:
        """Return the error of a satellite that does not listen in time."""

    def _require_available(self) -> None:
        """Raise `AssistSatelliteUnavailable` where it is missing or switched off."""
        state = self._hass.states.get(self.satellite)
        if state is None or state.state == STATE_UNAVAILABLE:
            raise AssistSatelliteUnavailable(entity_id=self.satellite)

    async def _borrow(self) -> None:
        """Choose the voice's pipeline as the satellite's assistant."""
        select = pipeline_select(self._hass, self.satellite)
        if select is None:
            raise AssistSatelliteNotStartable(entity_id=self.satellite)
        option = await self._access.pipeline()
        try:
            self._loan = await self._access.loans.async_borrow(select, option)
        except HomeAssistantError as err:
            raise AssistSatelliteRefused(
                entity_id=self.satellite, error=str(err) or type(err).__name__
            ) from err

    def _expect(self, seconds: float) -> asyncio.Future[SatelliteStream]:
        """Expect the satellite's next run within so many seconds."""
        self._expected = self._access.tap.expect(self.satellite)
        self._deadline = self._clock() + seconds
        return self._expected

    async def _entered(self) -> SatelliteStream:
        """Return the run of the pipeline; raise `LinkError` where none comes."""
        assert self._expected is not None
        left = max(0.0, self._deadline - self._clock())
        await asyncio.wait([self._expected], timeout=left)
        if not self._expected.done():
            raise self._too_late
        return self._expected.result()

    @property
    def _is_ours(self) -> bool:
        """Tell whether the satellite still has the voice as its assistant."""
        return self._loan is None or self._access.loans.is_open(self._loan)

    async def _give_back(self) -> None:
        """Choose again what was chosen, and expect nothing any more."""
        expected, self._expected = self._expected, None
        if expected is not None:
            self._access.tap.forget(self.satellite, expected)
        loan, self._loan = self._loan, None
        if loan is not None:
            await self._access.loans.async_give_back(loan)
