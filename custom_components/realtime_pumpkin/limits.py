"""Whether a conversation may start now: decided without a clock or a disk."""

from dataclasses import dataclass
from datetime import datetime, time
import math
from typing import ClassVar

from .manners import Limits


@dataclass(frozen=True, slots=True)
class Spending:
    """What a voice has cost today and this month, in USD."""

    day_usd: float = 0.0
    month_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The voice is silent until a time of the day."""

    translation_key: ClassVar[str] = "quiet_hours"
    until: time

    @property
    def placeholders(self) -> dict[str, str]:
        """Return what the text names."""
        return {"until": self.until.isoformat("minutes")}


@dataclass(frozen=True, slots=True)
class CoolingDown:
    """The last conversation has only just ended."""

    translation_key: ClassVar[str] = "cooling_down"
    seconds: int

    @property
    def placeholders(self) -> dict[str, str]:
        """Return what the text names."""
        return {"seconds": str(self.seconds)}


@dataclass(frozen=True, slots=True)
class BudgetReached:
    """The day has cost what it may cost."""

    translation_key: ClassVar[str] = "budget_reached"
    spent: float
    budget: float

    @property
    def placeholders(self) -> dict[str, str]:
        """Return what the text names, in USD."""
        return {"spent": f"{self.spent:.2f}", "budget": f"{self.budget:.2f}"}


@dataclass(frozen=True, slots=True)
class MonthlyBudgetReached(BudgetReached):
    """The month has cost what it may cost."""

    translation_key: ClassVar[str] = "monthly_budget_reached"


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """The voice was switched off."""

    translation_key: ClassVar[str] = "voice_switched_off"

    @property
    def placeholders(self) -> dict[str, str]:
        """Return what the text names: nothing."""
        return {}


type Refusal = QuietHours | CoolingDown | BudgetReached | SwitchedOff


def refusal(
    limits: Limits, now: datetime, last_end: datetime | None, spending: Spending
) -> Refusal | None:
    """Return why no conversation may start, or None where one may.

    `now` is in the time zone of the house; `last_end` is None where no
    conversation has ended yet or where the cooldown does not matter.
    """
    return (
        _quiet_hours(limits, now.time())
        or _cooling_down(limits, now, last_end)
        or budget_reached(limits, spending)
    )


def budget_reached(limits: Limits, spending: Spending) -> BudgetReached | None:
    """Return the budget that is spent; a budget of 0 sets no limit."""
    if 0 < limits.monthly_budget_usd <= spending.month_usd:
        return MonthlyBudgetReached(spending.month_usd, limits.monthly_budget_usd)
    if 0 < limits.daily_budget_usd <= spending.day_usd:
        return BudgetReached(spending.day_usd, limits.daily_budget_usd)
    return None


def _quiet_hours(limits: Limits, now: time) -> QuietHours | None:
    """Return the quiet hours that it is in; they may last over midnight."""
    start, end = limits.quiet_from, limits.quiet_until
    if start is None or end is None:
        return None
    is_quiet = start <= now < end if start <= end else now >= start or now < end
    return QuietHours(end) if is_quiet else None


def _cooling_down(
    limits: Limits, now: datetime, last_end: datetime | None
) -> CoolingDown | None:
    """Return how long it takes until the next conversation may start."""
    if last_end is None or now.timestamp() < last_end.timestamp():
        return None  # A house without a clock of its own may wake in the past.
    # Not the difference of two wall clocks, which jumps twice a year.
    left = limits.cooldown_s - (now.timestamp() - last_end.timestamp())
    return CoolingDown(math.ceil(left)) if left > 0 else None
