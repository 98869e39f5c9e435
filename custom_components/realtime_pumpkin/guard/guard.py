"""Ask whether something may be used by a voice."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant

from .house import House
from .reach import Reach
from .refusal import NotForStrangers


class Guard:
    """Keep what is not for strangers from a voice that talks with them."""

    def __init__(self, hass: HomeAssistant, *, is_for_strangers: bool) -> None:
        """Guard nothing where no strangers speak."""
        self._hass = hass
        self.is_for_strangers = is_for_strangers

    def check(self, entity_ids: Iterable[str]) -> None:
        """Raise `NotForStrangers` where using some entities may reach what is kept."""
        if self.is_for_strangers:
            Reach(self._hass).follow(entity_ids)

    def admitted(self, entity_ids: Iterable[str]) -> frozenset[str]:
        """Return those entities that may be used, each by itself."""
        if not self.is_for_strangers:
            return frozenset(entity_ids)
        house = House(self._hass)
        return frozenset(one for one in entity_ids if self._admits(one, house))

    def _admits(self, entity_id: str, house: House) -> bool:
        """Tell whether an entity may be used, in the house as it is."""
        try:
            Reach(self._hass, house).follow([entity_id])
        except NotForStrangers:
            return False
        return True

    def marked_in(
        self, entity_ids: Iterable[str], marked: frozenset[str]
    ) -> frozenset[str]:
        """Return which marked entities are touched when some are used.

        All of them where nobody can tell.
        """
        if not marked:
            return marked
        reach = Reach(self._hass, keeps=False)
        touched = reach.follow(entity_ids)
        return touched & marked if reach.is_clear else marked
