"""Wyoming entries of Home Assistant that are disabled while a voice needs them.

A satellite talks to one server only. Who is disabled is written down before it
happens, so that every entry comes back: when the voice goes or moves, when a flow
is given up, and at the next start after a crash.
"""

import asyncio
import contextlib
from functools import partial
from typing import Final

from homeassistant.components.wyoming import DOMAIN as WYOMING_DOMAIN
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryDisabler,
    OperationNotAllowed,
)
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey
from pydantic import TypeAdapter

from .const import CONF_DISABLED_ENTRY_ID, CONF_MICROPHONE, DOMAIN
from .stored import async_read, read

_STORAGE_KEY: Final = f"{DOMAIN}.disabled_entries"
_VERSION: Final = 1
_ID: Final = TypeAdapter(str)


@callback
def holder(hass: HomeAssistant, host: str, port: int) -> ConfigEntry | None:
    """Return the entry with which Home Assistant itself holds a satellite."""
    for entry in hass.config_entries.async_entries(
        WYOMING_DOMAIN, include_disabled=False, include_ignore=False
    ):
        if (entry.data.get(CONF_HOST), entry.data.get(CONF_PORT)) == (host, port):
            return entry
    return None


class DisabledEntries:
    """The journal of the entries that we disabled, by their ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nothing before the journal is read."""
        self._hass = hass
        self._store: Store[list[str]] = Store(hass, _VERSION, _STORAGE_KEY)
        self._ids: set[str] | None = None
        self._in_hand: set[str] = set()
        self._lock = asyncio.Lock()

    async def async_borrow(self, entry_id: str) -> None:
        """Disable an entry until it is released and no voice needs it.

        Raises `OperationNotAllowed` where the entry cannot be unloaded now.
        """
        async with self._lock:
            ids = await self._async_ids()
            ids.add(entry_id)
            self._in_hand.add(entry_id)
            await self._store.async_save(sorted(ids))
            await self._hass.config_entries.async_set_disabled_by(
                entry_id, ConfigEntryDisabler.USER
            )

    @callback
    def release(self, entry_id: str) -> None:
        """Let go of an entry that was borrowed: only voices keep it from now on."""
        self._in_hand.discard(entry_id)

    async def async_give_back(self) -> None:
        """Enable every entry again that no voice needs any more."""
        async with self._lock:
            ids = await self._async_ids()
            unused = ids - self._in_hand - self._needed()
            for entry_id in sorted(unused):
                await self._async_enable(entry_id)
                ids.discard(entry_id)
            if unused:
                await self._store.async_save(sorted(ids))

    async def _async_enable(self, entry_id: str) -> None:
        """Enable an entry that is still there; what cannot load now loads later."""
        if self._hass.config_entries.async_get_entry(entry_id) is not None:
            with contextlib.suppress(OperationNotAllowed):
                await self._hass.config_entries.async_set_disabled_by(entry_id, None)

    async def _async_ids(self) -> set[str]:
        """Return what the journal says."""
        if self._ids is None:
            reader = partial(read, _ID)
            read_ids = await async_read(self._hass, self._store, reader, shape=list)
            self._ids = set(dict(read_ids).values())
        return self._ids

    def _needed(self) -> set[str]:
        """Return the entries whose satellites our voices listen through."""
        microphones = (
            voice.data.get(CONF_MICROPHONE)
            for entry in self._hass.config_entries.async_entries(DOMAIN)
            for voice in entry.subentries.values()
        )
        return {
            microphone[CONF_DISABLED_ENTRY_ID]
            for microphone in microphones
            if isinstance(microphone, dict)
            and isinstance(microphone.get(CONF_DISABLED_ENTRY_ID), str)
        }


_ENTRIES: Final[HassKey[DisabledEntries]] = HassKey(f"{DOMAIN}_disabled_entries")


@callback
def async_get_disabled_entries(hass: HomeAssistant) -> DisabledEntries:
    """Return Home Assistant's journal of disabled entries."""
    if _ENTRIES not in hass.data:
        hass.data[_ENTRIES] = DisabledEntries(hass)
    return hass.data[_ENTRIES]


@callback
def async_return_unused(hass: HomeAssistant) -> None:
    """Start to enable what no voice needs; a satellite may take its time."""
    hass.async_create_task(
        async_get_disabled_entries(hass).async_give_back(), f"{DOMAIN} disabled entries"
    )
