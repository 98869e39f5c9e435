"""What was borrowed of the house, kept on disk until it is given back.

A voice changes things that are not its own for as long as it needs them. The old
value is stored before the new one is set, so that it comes back after whatever
happens: at Home Assistant's stop before states are saved, after a crash at set-up.
"""

import asyncio
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.components.assist_pipeline import OPTION_PREFERRED
from homeassistant.components.select import ATTR_OPTIONS, DOMAIN as SELECT_DOMAIN
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_OPTION,
    SERVICE_SELECT_OPTION,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER

VERSION: Final = 1
_AWAY: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


class LoanKind(StrEnum):
    """What can be borrowed."""

    OPTION = "option"
    """The option that a select entity shows."""


@dataclass(frozen=True, slots=True)
class Loan:
    """One thing that was borrowed."""

    kind: LoanKind
    entity_id: str
    old: str
    """What it was, and is to be again."""

    ours: str
    """What it is meanwhile; whoever changed that has their reasons."""

    since: str
    """When it was borrowed, as an ISO 8601 time."""


class Loans:
    """Borrow and give back."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without loans; `async_load` reads those of the last run."""
        self._hass = hass
        self._store = Store[list[dict[str, Any]]](hass, VERSION, f"{DOMAIN}.loans")
        self._loans: list[Loan] = []

    @property
    def open(self) -> tuple[Loan, ...]:
        """Return what was not given back yet."""
        return tuple(self._loans)

    async def async_load(self) -> None:
        """Give back what a crash left, as soon as its entities are there."""
        for stored in await self._store.async_load() or ():
            loan = Loan(**{**stored, "kind": LoanKind(stored["kind"])})
            self._loans.append(loan)
            if er.async_get(self._hass).async_is_registered(loan.entity_id):
                await self.async_give_back(loan)
            else:
                await self._async_forget(loan)

    async def async_borrow(self, entity_id: str, option: str) -> Loan | None:
        """Choose an option of a select entity; None where it was chosen already.

        Raises `HomeAssistantError` where it cannot be chosen; nothing is lent then.
        """
        state = self._hass.states.get(entity_id)
        if state is None or state.state == option:
            return None
        since = dt_util.utcnow().isoformat()
        loan = Loan(LoanKind.OPTION, entity_id, self._old(state), option, since)
        self._loans.append(loan)
        await self._async_save()
        try:
            await self._async_set(loan, option)
        except BaseException:
            await self.async_give_back(loan)
            raise
        return loan

    async def async_give_back(self, loan: Loan) -> None:
        """Set what it was, now or when the entity comes back; never raises.

        What somebody else has changed meanwhile stays as it is.
        """
        if loan not in self._loans:
            return
        state = self._hass.states.get(loan.entity_id)
        if state is None or state.state in _AWAY:
            self._give_back_later(loan)
            return
        if state.state == loan.ours:
            try:
                await self._async_set(loan, _still_possible(loan, state))
            except HomeAssistantError as err:
                LOGGER.warning("%s stays on %s: %s", loan.entity_id, loan.ours, err)
        await self._async_forget(loan)

    async def async_give_back_all(self) -> None:
        """Give everything back at once: Home Assistant stops."""
        await asyncio.gather(*(self.async_give_back(loan) for loan in self.open))

    def _old(self, state: State) -> str:
        """Return what is to be set again: not what another loan has set."""
        for loan in self._loans:
            if loan.entity_id == state.entity_id and loan.ours == state.state:
                return loan.old
        return state.state

    def _give_back_later(self, loan: Loan) -> None:
        """Give back once the entity is there."""

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            """Try again where the entity has come back."""
            state = event.data["new_state"]
            if state is not None and state.state not in _AWAY:
                stop()
                self._hass.async_create_task(
                    self.async_give_back(loan), f"give back {loan.entity_id}"
                )

        stop = async_track_state_change_event(self._hass, loan.entity_id, changed)

    async def _async_set(self, loan: Loan, option: str) -> None:
        """Set the value of what is lent."""
        await self._hass.services.async_call(
            SELECT_DOMAIN,
            SERVICE_SELECT_OPTION,
            {ATTR_ENTITY_ID: loan.entity_id, ATTR_OPTION: option},
            blocking=True,
        )

    async def _async_forget(self, loan: Loan) -> None:
        """Strike a loan out."""
        if loan in self._loans:
            self._loans.remove(loan)
            await self._async_save()

    async def _async_save(self) -> None:
        """Write the loans to the disk before anything else happens."""
        await self._store.async_save([asdict(loan) for loan in self._loans])


def _still_possible(loan: Loan, state: State) -> str:
    """Return the old option, or the preferred one where it is gone."""
    if loan.old in state.attributes.get(ATTR_OPTIONS, ()):
        return loan.old
    return OPTION_PREFERRED


_LOANS: HassKey[Loans] = HassKey(f"{DOMAIN}_loans")


async def async_setup_loans(hass: HomeAssistant) -> None:
    """Read the loans of the last run, and give all back when this one ends."""
    loans = hass.data[_LOANS] = Loans(hass)
    await loans.async_load()
    hass.async_add_shutdown_job(
        HassJob(loans.async_give_back_all, "give back what was borrowed")
    )


@callback
def async_get_loans(hass: HomeAssistant) -> Loans:
    """Return what Home Assistant's voices have borrowed."""
    return hass.data[_LOANS]
