"""Realtime Pumpkin: spoken conversations with whoever is at the door."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
import functools
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .client import Account, async_check_account, create_account
from .const import (
    CONF_CALIBRATION,
    CONF_CHARACTERS,
    CONF_DISPLACED,
    CONF_INSTRUCTIONS,
    CONF_MODEL,
    CONF_OPENINGS,
    CONF_PERSONA,
    CONF_SPEAKER_VOLUME,
    CONF_VOICE,
    DEFAULT_MODEL,
    DOMAIN,
    SUBENTRY_VOICE,
)
from .coordinator import VoiceCoordinator
from .dashboard import async_offer_card, async_serve_card
from .disabled_entries import async_return_unused
from .house.exposure import forget_gone
from .issues import async_check_satellite, async_clear_issues
from .ledger import Ledger
from .loans import async_setup_loans
from .migration import async_migrate
from .models import RealtimePumpkinConfigEntry, RealtimePumpkinData
from .personas import PERSONA_MANNERS, async_read_gallery
from .pipelines import Pipelines
from .realtime.errors import ErrorKind, RealtimeError
from .retirement import async_check_model, async_clear_model
from .services import async_setup_services
from .theatre.memory import async_keep_night
from .theatre.nights import async_get_nights, async_setup_nights
from .unprotected import async_check_address, async_forget_address
from .unreadable import async_check_ends, async_put_aside
from .websocket_api import async_setup_websocket_api

CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS: Final = (
    Platform.ASSIST_SATELLITE,
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CONVERSATION,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.STT,
    Platform.SWITCH,
    Platform.TTS,
)

# What a conversation reads when it starts, so that a change needs no reload.
_READ_LATER: Final = (
    CONF_CALIBRATION,
    CONF_CHARACTERS,
    CONF_DISPLACED,
    CONF_INSTRUCTIONS,
    CONF_OPENINGS,
    CONF_PERSONA,
    CONF_SPEAKER_VOLUME,
    CONF_VOICE,
    *PERSONA_MANNERS,
)

# The key is good, and what is wrong is told where a conversation needs it.
_GOOD_ENOUGH: Final = frozenset({ErrorKind.MODEL, ErrorKind.QUOTA})


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register actions, websocket commands and the card.

    What a crash left borrowed is given back.
    """
    await async_setup_loans(hass)
    await async_setup_nights(hass)
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    await async_serve_card(hass)
    return True


async def async_migrate_entry(
    hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> bool:
    """Bring an entry of an older version up to date."""
    return async_migrate(hass, entry)


async def async_setup_entry(
    hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> bool:
    """Check the account and set up its voices."""
    async_put_aside(hass, entry)
    async_return_unused(hass)
    forget_gone(hass)
    async_check_address(hass, entry)
    entries = hass.config_entries.async_entries(DOMAIN)
    await async_get_nights(hass).async_keep_only(
        {voice_id for each in entries for voice_id in each.subentries}
    )
    await async_read_gallery(hass)
    account = await _async_open_account(hass, entry)
    ledger = Ledger(hass, entry.entry_id)
    await ledger.async_load([subentry.subentry_id for subentry in _voices(entry)])
    pipelines = Pipelines(hass, entry.entry_id)
    await pipelines.async_load()
    voices = {
        subentry.subentry_id: VoiceCoordinator(
            hass, entry, subentry, account, ledger, pipelines
        )
        for subentry in _voices(entry)
        if async_check_ends(hass, entry, subentry)
    }
    entry.runtime_data = RealtimePumpkinData(account, ledger, pipelines, voices)
    for coordinator in voices.values():
        async_check_satellite(hass, entry, coordinator.subentry)
    entry.async_on_unload(async_offer_card(hass, entry.entry_id))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await pipelines.async_sync({voice.subentry_id: voice for voice in _voices(entry)})
    for coordinator in voices.values():
        entry.async_on_unload(
            await async_keep_night(
                hass,
                coordinator.events,
                coordinator.options,
                coordinator.async_update_listeners,
            )
        )
    on_update = functools.partial(_async_update, _set_up_with(entry))
    entry.async_on_unload(entry.add_update_listener(on_update))

    @callback
    def check_day(now: datetime) -> None:
        """Take back what was said of yesterday's budgets; look at the models' dates."""
        for voice in voices.values():
            voice.async_check_budget()
            async_check_model(hass, entry, voice.subentry)

    check_day(dt_util.now())
    entry.async_on_unload(
        async_track_time_change(hass, check_day, hour=0, minute=0, second=0)
    )

    async def async_stop(event: Event) -> None:
        """End every conversation: a stop unloads no entry."""
        await _async_silence(voices.values())

    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, async_stop)
    )
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> bool:
    """End every conversation and remove the voices."""
    voices = entry.runtime_data.voices
    await _async_silence(voices.values())
    await entry.runtime_data.ledger.async_save()
    for subentry_id in voices:
        async_clear_issues(hass, subentry_id)
        async_clear_model(hass, subentry_id)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(
    hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> None:
    """Forget what the account's voices have used and heard; remove their pipelines."""
    async_forget_address(hass, entry)
    await async_get_nights(hass).async_forget([*entry.subentries])
    await Ledger(hass, entry.entry_id).async_remove()
    pipelines = Pipelines(hass, entry.entry_id)
    await pipelines.async_load()
    await pipelines.async_remove_all()
    async_return_unused(hass)
    forget_gone(hass)


async def _async_silence(voices: Iterable[VoiceCoordinator]) -> None:
    """End the conversations of all voices, side by side."""
    await asyncio.gather(*(voice.async_shutdown() for voice in voices))


async def _async_update(
    before: Mapping[str, Any], hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> None:
    """Take over what a flow changed, a voice added or removed included.

    What a porch check measured or a select chose ends no conversation.
    """
    if _set_up_with(entry) != before:
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    for voice in entry.runtime_data.voices.values():
        voice.async_take_over()


def _set_up_with(entry: RealtimePumpkinConfigEntry) -> Mapping[str, Any]:
    """Return all that an entry is set up with; the next conversation reads the rest."""
    read_later = dict.fromkeys(_READ_LATER)
    voices = {
        voice.subentry_id: (voice.title, {**voice.data, **read_later})
        for voice in _voices(entry)
    }
    return {"title": entry.title, "data": dict(entry.data), "voices": voices}


async def _async_open_account(
    hass: HomeAssistant, entry: RealtimePumpkinConfigEntry
) -> Account:
    """Return the account once its server let us in."""
    model = next(
        (voice.data.get(CONF_MODEL, DEFAULT_MODEL) for voice in _voices(entry)),
        DEFAULT_MODEL,
    )
    try:
        account = create_account(hass, entry.data)
        await _async_check_key(account, model)
    except RealtimeError as err:
        is_refused = err.kind is ErrorKind.AUTH
        failure = ConfigEntryAuthFailed if is_refused else ConfigEntryNotReady
        raise failure(
            translation_domain=DOMAIN,
            translation_key=err.translation_key,
            translation_placeholders=err.placeholders,
        ) from err
    return account


async def _async_check_key(account: Account, model: str) -> None:
    """Open a session; raise `RealtimeError` where the server keeps us out."""
    try:
        await async_check_account(account, model)
    except RealtimeError as err:
        if err.kind not in _GOOD_ENOUGH:
            raise


def _voices(entry: RealtimePumpkinConfigEntry) -> list[ConfigSubentry]:
    """Return the subentries that are voices."""
    return [
        subentry
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_VOICE
    ]
