"""The nights of all voices on disk, and only for as long as they last."""

from collections.abc import Collection
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..stored import async_read
from .night import Night

SAVE_DELAY: Final = 5.0
VERSION: Final = 1


class Nights:
    """Keep each voice's night, by its subentry id."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Remember nothing yet."""
        self._hass = hass
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.nights", private=True
        )
        self._nights: dict[str, Night] = {}

    async def async_load(self) -> None:
        """Read what the last run remembered; what cannot be read is forgotten."""
        self._nights = dict(
            await async_read(self._hass, self._store, Night.from_data, is_private=True)
        )

    def get(self, voice_id: str) -> Night | None:
        """Return the night of a voice; None where nothing happened in it."""
        return self._nights.get(voice_id)

    @callback
    def put(self, voice_id: str, night: Night) -> None:
        """Keep a voice's night; it is saved a little later."""
        self._nights[voice_id] = night
        self._store.async_delay_save(self._data, SAVE_DELAY)

    async def async_forget(self, voice_ids: Collection[str]) -> None:
        """Forget the nights of voices, at once and on disk as well."""
        known = [voice_id for voice_id in voice_ids if voice_id in self._nights]
        if not known:
            return
        for voice_id in known:
            del self._nights[voice_id]
        if self._nights:
            await self._store.async_save(self._data())
        else:
            await self._store.async_remove()

    async def async_keep_only(self, voice_ids: Collection[str]) -> None:
        """Forget the nights of all voices but these: the others are gone."""
        await self.async_forget(self._nights.keys() - set(voice_ids))

    def _data(self) -> dict[str, Any]:
        """Return all nights in JSON's types."""
        return {voice_id: night.as_data() for voice_id, night in self._nights.items()}


async def async_setup_nights(hass: HomeAssistant) -> None:
    """Read the nights of the last run."""
    nights = hass.data[_NIGHTS] = Nights(hass)
    await nights.async_load()


@callback
def async_get_nights(hass: HomeAssistant) -> Nights:
    """Return what Home Assistant's voices remember."""
    return hass.data[_NIGHTS]


_NIGHTS: Final[HassKey[Nights]] = HassKey(f"{DOMAIN}_nights")
