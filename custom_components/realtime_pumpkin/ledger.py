"""What the voices of an account have used, by day and by month, over restarts.

And when each has last ended a conversation, for its cooldown.

Days and months are those of the house: every `now` is in its time zone. A model
whose prices are unknown adds its tokens but no USD, so that no budget stops it.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from pydantic import TypeAdapter

from .const import DOMAIN
from .limits import Spending
from .stored import UnixTime, async_read, read

SAVE_DELAY: Final = 30.0
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Total:
    """Tokens by kind and USD of a period such as `2026-10-31` or `2026-10`."""

    period: str
    tokens: Mapping[str, int] = field(default_factory=dict)
    usd: float = 0.0
    conversations: int = 0

    def plus(
        self, tokens: Mapping[str, int], usd: float | None, conversations: int
    ) -> Total:
        """Return the total with so much more; None: price unknown."""
        kinds = self.tokens.keys() | tokens.keys()
        both = {
            kind: self.tokens.get(kind, 0) + tokens.get(kind, 0)
            for kind in sorted(kinds)
        }
        usd = self.usd + (usd or 0.0)
        return Total(self.period, both, usd, self.conversations + conversations)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a voice has used in the current day and month."""

    day: Total
    month: Total

    def at(self, now: datetime) -> Totals:
        """Return the totals of now: a new day or month begins with nothing."""
        day, month = f"{now:%Y-%m-%d}", f"{now:%Y-%m}"
        return Totals(
            self.day if self.day.period == day else Total(day),
            self.month if self.month.period == month else Total(month),
        )

    def plus(
        self, tokens: Mapping[str, int], usd: float | None, conversations: int
    ) -> Totals:
        """Return the totals with so much more."""
        more = (tokens, usd, conversations)
        return Totals(self.day.plus(*more), self.month.plus(*more))

    @property
    def spending(self) -> Spending:
        """Return the cost, as budgets want to know it."""
        return Spending(self.day.usd, self.month.usd)


_NOTHING: Final = Totals(Total(""), Total(""))


@dataclass(frozen=True, slots=True)
class _Page:
    """What is stored of a voice."""

    day: Total
    month: Total
    last_end: UnixTime | None = None
    """When the last conversation ended; older books do not know it."""


_PAGE: Final = TypeAdapter(_Page)


class Ledger:
    """Keep what each voice of an account has used, by its subentry id."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Open the books of an account; `async_load` reads them."""
        self._hass = hass
        self._store = Store[dict[str, Any]](hass, VERSION, f"{DOMAIN}.usage.{entry_id}")
        self._voices: dict[str, Totals] = {}
        self._ends: dict[str, float] = {}
        self._is_changed = False

    async def async_load(self, voices: Collection[str]) -> None:
        """Read what was stored for the voices; others were removed."""
        stored = await async_read(self._hass, self._store, partial(read, _PAGE))
        pages = {voice_id: page for voice_id, page in stored if voice_id in voices}
        self._voices = {
            voice_id: Totals(page.day, page.month) for voice_id, page in pages.items()
        }
        self._ends = {
            voice_id: page.last_end
            for voice_id, page in pages.items()
            if page.last_end is not None
        }

    def totals(self, voice_id: str, now: datetime) -> Totals:
        """Return what a voice has used today and this month."""
        return self._voices.get(voice_id, _NOTHING).at(now)

    def last_end(self, voice_id: str) -> datetime | None:
        """Return when a voice's last conversation ended, in UTC."""
        end = self._ends.get(voice_id)
        return None if end is None else dt_util.utc_from_timestamp(end)

    @callback
    def record(
        self,
        voice_id: str,
        tokens: Mapping[str, int],
        usd: float | None,
        now: datetime,
        *,
        conversations: int = 1,
        cools_down: bool = True,
    ) -> None:
        """Add a conversation that ended and cools down, or what was used elsewhere.

        It is saved a little later.
        """
        totals = self.totals(voice_id, now)
        self._voices[voice_id] = totals.plus(tokens, usd, conversations)
        if cools_down:
            self._ends[voice_id] = now.timestamp()
        if not self._is_changed:
            self._is_changed = True
            # Asked again, a store would put it off: voices that never rest would
            # have nothing on disk when the power fails.
            self._store.async_delay_save(self._data, SAVE_DELAY)

    async def async_save(self) -> None:
        """Save at once what is not saved yet; another ledger may read it then."""
        if self._is_changed:
            await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Forget everything: the account is gone."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        """Return the books in JSON's types."""
        self._is_changed = False
        return {
            voice_id: asdict(_Page(totals.day, totals.month, self._ends.get(voice_id)))
            for voice_id, totals in self._voices.items()
        }
