"""What was borrowed of the house, kept on disk until it is given back.

A voice changes things that are not its own for as long as it needs them. The old
value is stored before the new one is set, so that it comes back after whatever
happens: at Home Assistant's stop before states are saved, after a crash at set-up.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict, replace
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .lenders import LENDERS, read_loan
from .lending import MOVED, Loan, LoanKind, Order, Verdict
from .stored import async_read

VERSION: Final = 1


class Loans:
    """Borrow and give back."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without loans; `async_load` reads those of the last run."""
        self._hass = hass
        self._store = Store[list[dict[str, Any]]](hass, VERSION, f"{DOMAIN}.loans")
        self._loans: dict[Loan, Loan] = {}
        """Each as it was borrowed, and as it is now: entities are renamed."""
        self._waiting: dict[Loan, Callable[[], None]] = {}

    @property
    def open(self) -> tuple[Loan, ...]:
        """Return what was not given back yet."""
        return tuple(self._loans.values())

    def is_open(self, loan: Loan) -> bool:
        """Tell whether something was not given back yet, whatever it is called now."""
        return loan in self._loans

    async def async_load(self) -> None:
        """Give back what a crash left, as soon as its entities are there."""
        for _, loan in await async_read(self._hass, self._store, read_loan, shape=list):
            self._loans[loan] = loan
            await self.async_give_back(loan)
        async_at_started(self._hass, self._async_forget_the_gone)

    async def async_borrow(
        self, entity_id: str, ours: str, kind: LoanKind = LoanKind.OPTION
    ) -> Loan | None:
        """Take something for a while; None where it is so already, or is not shown.

        Raises `HomeAssistantError` where it cannot be set; nothing is lent then.
        """
        lender = LENDERS[kind]
        state = self._hass.states.get(entity_id)
        shown = None if state is None else lender.read(state)
        if shown is None or lender.is_same(shown, ours):
            return None
        since = dt_util.utcnow().isoformat()
        loan = Loan(kind, entity_id, self._old(kind, entity_id, shown), ours, since)
        self._loans[loan] = loan
        try:
            await self._async_save()
            await self._async_call(loan, lender.take(ours))
        except BaseException:
            await self.async_give_back(loan)
            raise
        return loan

    async def async_give_back(self, loan: Loan) -> None:
        """Set what it was, now or when the entity comes back; never raises.

        What somebody else has changed meanwhile stays as it is.
        """
        if (lent := self._loans.get(loan)) is None:
            return
        state = self._hass.states.get(lent.entity_id)
        verdict = LENDERS[lent.kind].judge(lent, state)
        if verdict is Verdict.LATER or state is None:
            self._give_back_later(loan)
            return
        if verdict is Verdict.NOW:
            await self._async_give(lent, state)
            if loan in self._loans and not self._has_arrived(lent):
                self._give_back_later(loan, is_told=True)
                return
        await self._async_forget(loan)

    async def async_waive(self, loan: Loan) -> None:
        """Leave to somebody else what they have changed meanwhile."""
        await self._async_forget(loan)

    async def async_give_back_all(self) -> None:
        """Give back at once what must not be saved as it is: Home Assistant stops."""
        now = [loan for loan in self._loans if LENDERS[loan.kind].comes_back_at_stop]
        await asyncio.gather(*map(self.async_give_back, now))

    def _old(self, kind: LoanKind, entity_id: str, shown: str) -> str:
        """Return what is to be set again: not what another loan has set."""
        for loan in self.open:
            is_its = (loan.kind, loan.entity_id) == (kind, entity_id)
            is_moved = loan.ours == MOVED
            if is_its and (is_moved or LENDERS[kind].is_same(shown, loan.ours)):
                return loan.old
        return shown

    @callback
    def async_follow(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Owe to an entity under its new name what was borrowed under the old one."""
        old = event.data.get("old_entity_id")
        renamed = [loan for loan, lent in self._loans.items() if lent.entity_id == old]
        for loan in renamed:
            lent = self._loans[loan]
            self._loans[loan] = replace(lent, entity_id=event.data["entity_id"])
            if loan in self._waiting:
                self._wait_no_more(loan)
                self._give_back_later(loan)
        if renamed:
            self._hass.async_create_task(self._async_save(), "keep renamed loans")

    def _has_arrived(self, lent: Loan) -> bool:
        """Tell whether what was given back is shown, where that tells anything."""
        lender, state = LENDERS[lent.kind], self._hass.states.get(lent.entity_id)
        shown = None if state is None else lender.read(state)
        return not lender.is_confirmed or (
            shown is not None and lender.is_same(shown, lent.old)
        )

    def _give_back_later(self, loan: Loan, *, is_told: bool = False) -> None:
        """Give back once the entity shows how it is.

        One that `is_told` to take it back is told again if it was away meanwhile.
        """
        if loan in self._waiting:
            return
        awaited = {Verdict.LATER, Verdict.NOW} if is_told else {Verdict.LATER}

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            """Try again where the entity has changed."""
            lent = self._loans[loan]
            verdict = LENDERS[lent.kind].judge(lent, event.data["new_state"])
            if verdict is Verdict.LATER:
                awaited.discard(Verdict.NOW)
            if verdict not in awaited:
                self._do(self.async_give_back(loan), loan)
            elif verdict is Verdict.NOW and self._has_arrived(lent):
                self._do(self._async_forget(loan), loan)

        self._waiting[loan] = async_track_state_change_event(
            self._hass, self._loans[loan].entity_id, changed
        )

    def _do(self, coro: Coroutine[Any, Any, None], loan: Loan) -> None:
        """Wait no more for the entity of a loan, but do something."""
        self._wait_no_more(loan)
        self._hass.async_create_task(coro, f"give back {loan.entity_id}")

    def _wait_no_more(self, loan: Loan) -> None:
        """Stop to look at the entity of a loan."""
        if (stop := self._waiting.pop(loan, None)) is not None:
            stop()

    async def _async_give(self, loan: Loan, state: State) -> None:
        """Set what it was; say where that cannot be."""
        try:
            await self._async_call(loan, LENDERS[loan.kind].give(loan, state))
        except Exception as err:  # noqa: BLE001 - integrations raise anything
            name = loan.entity_id
            LOGGER.warning("The %s of %s was not restored: %s", loan.kind, name, err)

    async def _async_call(self, loan: Loan, order: Order | None) -> None:
        """Call an action for what is lent."""
        if order is None:
            return
        domain, action, data = order
        await self._hass.services.async_call(
            domain, action, {ATTR_ENTITY_ID: loan.entity_id, **data}, blocking=True
        )

    async def _async_forget_the_gone(self, hass: HomeAssistant) -> None:
        """Strike out what no entity waits for, now that all are there."""
        registry = er.async_get(hass)
        for loan, lent in tuple(self._loans.items()):
            is_known = registry.async_is_registered(lent.entity_id)
            if not is_known and hass.states.get(lent.entity_id) is None:
                await self._async_forget(loan)

    async def _async_forget(self, loan: Loan) -> None:
        """Strike a loan out."""
        self._wait_no_more(loan)
        if loan in self._loans:
            del self._loans[loan]
            await self._async_save()

    async def _async_save(self) -> None:
        """Write the loans to the disk before anything else happens."""
        await self._store.async_save([asdict(loan) for loan in self.open])


_LOANS: HassKey[Loans] = HassKey(f"{DOMAIN}_loans")


async def async_setup_loans(hass: HomeAssistant) -> None:
    """Read the loans of the last run, and give all back when this one ends."""
    loans = hass.data[_LOANS] = Loans(hass)
    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, loans.async_follow)
    await loans.async_load()
    hass.async_add_shutdown_job(
        HassJob(loans.async_give_back_all, "give back what was borrowed")
    )


@callback
def async_get_loans(hass: HomeAssistant) -> Loans:
    """Return what Home Assistant's voices have borrowed."""
    return hass.data[_LOANS]
