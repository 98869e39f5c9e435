"""Whether a voice may start a conversation now, and what the last one leaves behind."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .issues import as_validation_error, async_show_budget
from .ledger import Ledger, Totals
from .limits import BudgetReached, budget_reached, refusal
from .manners import Limits


class Admission:
    """Hold a voice to its quiet hours, its cooldown and its budgets."""

    def __init__(
        self, hass: HomeAssistant, subentry: ConfigSubentry, ledger: Ledger
    ) -> None:
        """Start with what the books say of the voice."""
        self._hass = hass
        self._subentry = subentry
        self._ledger = ledger
        self._was_within_budget: bool | None = None

    @property
    def totals(self) -> Totals:
        """Return what the voice has used today and this month."""
        return self._ledger.totals(self._subentry.subentry_id, dt_util.now())

    def check(self, limits: Limits, *, cools_down: bool = True) -> None:
        """Raise `ServiceValidationError` where no conversation may start now.

        Without `cools_down` the cooldown does not matter: the one before was
        ended for this one.
        """
        voice_id = self._subentry.subentry_id
        last_end = self._ledger.last_end(voice_id) if cools_down else None
        reason = refusal(limits, dt_util.now(), last_end, self.totals.spending)
        if reason is not None:
            raise as_validation_error(reason)

    def check_budget(self, limits: Limits) -> None:
        """Raise `ServiceValidationError` where nothing may be spent any more."""
        if (reached := self.budget_reached(limits)) is not None:
            raise as_validation_error(reached)

    def used(
        self, tokens: Mapping[str, int], usd: float | None, *, conversations: int = 0
    ) -> None:
        """Put into the books what was used elsewhere than at the door.

        Nothing cools down after it.
        """
        voice_id, now = self._subentry.subentry_id, dt_util.now()
        self._ledger.record(
            voice_id, tokens, usd, now, conversations=conversations, cools_down=False
        )

    def ended(
        self, limits: Limits, summary: Mapping[str, Any], *, was_held: bool
    ) -> BudgetReached | None:
        """Put a conversation that was held into the books; it cools down now.

        Returns the budget that is spent with it.
        """
        if was_held:
            now = dt_util.now()
            tokens, usd = summary["tokens"], summary["cost_usd"]
            self._ledger.record(self._subentry.subentry_id, tokens, usd, now)
        return self.show_budget(limits)

    def budget_reached(self, limits: Limits) -> BudgetReached | None:
        """Return the budget that is spent."""
        return budget_reached(limits, self.totals.spending)

    @callback
    def show_budget(self, limits: Limits) -> BudgetReached | None:
        """Tell that a budget is spent, until its day or month is over.

        Returns it where it was not spent when this was asked the last time.
        """
        reached = self.budget_reached(limits)
        async_show_budget(self._hass, reached, self._subentry)
        was_within, self._was_within_budget = self._was_within_budget, reached is None
        return reached if was_within else None
