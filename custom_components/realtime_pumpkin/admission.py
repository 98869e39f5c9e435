"""Whether a voice may start a conversation now, and what the last one leaves behind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .issues import as_validation_error, async_show_budget
from .ledger import Ledger
from .limits import Spending, budget_reached, refusal
from .manners import Limits


class Admission:
    """Hold a voice to its quiet hours, its cooldown and its budgets."""

    def __init__(
        self, hass: HomeAssistant, subentry: ConfigSubentry, ledger: Ledger
    ) -> None:
        """Start without a conversation that could have to cool down."""
        self._hass = hass
        self._subentry = subentry
        self._ledger = ledger
        self._last_end: datetime | None = None

    def check(self, limits: Limits, *, cools_down: bool = True) -> None:
        """Raise `ServiceValidationError` where no conversation may start now.

        Without `cools_down` the cooldown does not matter: the one before was
        ended for this one.
        """
        last_end = self._last_end if cools_down else None
        reason = refusal(limits, dt_util.now(), last_end, self._spending())
        if reason is not None:
            raise as_validation_error(reason)

    def ended(
        self, limits: Limits, summary: Mapping[str, Any], *, was_held: bool
    ) -> None:
        """Put into the books what a conversation used; held, it cools down."""
        now = dt_util.now()
        if was_held:
            self._last_end = now
        tokens, usd = summary["tokens"], summary["cost_usd"]
        self._ledger.record(self._subentry.subentry_id, tokens, usd, now)
        self.show_budget(limits)

    @callback
    def show_budget(self, limits: Limits) -> None:
        """Tell that a budget is spent, until its day or month is over."""
        reached = budget_reached(limits, self._spending())
        async_show_budget(self._hass, reached, self._subentry)

    def _spending(self) -> Spending:
        """Return what the voice has cost today and this month."""
        voice_id = self._subentry.subentry_id
        return self._ledger.totals(voice_id, dt_util.now()).spending
