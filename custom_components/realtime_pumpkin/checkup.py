"""The porch check of one voice, from its start to what is kept of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util

from .calibration import NO_DELAY, Calibration
from .const import CONF_CALIBRATION, DOMAIN
from .issues import as_home_assistant_error
from .links.errors import LinkError
from .links.open import VoiceLinks
from .links.owned import async_cancel
from .options import AssistMicrophone, VoiceOptions
from .porch_check import PorchCheck, PorchRecording, evaluate
from .porch_report import async_request


class Checkup:
    """Check a voice's porch, once at a time, and store what was found out."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        subentry: ConfigSubentry,
        links: VoiceLinks,
    ) -> None:
        """Check nothing yet."""
        self._links = links
        self._hass = hass
        self._entry = entry
        self._subentry = subentry
        self._task: asyncio.Task[PorchRecording] | None = None

    async def async_run(self, options: VoiceOptions) -> Calibration:
        """Check the porch for some 15 seconds; return what is now stored.

        Where the satellite starts with its wake word only, people are asked to say
        it first, and have a minute for it. Raises a translated `HomeAssistantError` where an end cannot be had,
        where a check is running, and where a ring at the door ended this one.
        """
        if self._task is not None and not self._task.done():
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="porch_check_running"
            )
        source, sink = self._links.create(
            options, delay=NO_DELAY, awaits_wake_word=True
        )
        opening = None if source.capabilities.remote_start else self._ask(options)
        check = PorchCheck(source, sink, self._hass.loop.time, opening)
        self._task = task = self._entry.async_create_background_task(
            self._hass, check.async_run(), f"{self._subentry.title} porch check"
        )
        await asyncio.wait([task])
        found = await self._hass.async_add_executor_job(
            evaluate, _recording(task), dt_util.utcnow().isoformat()
        )
        self._keep(found)
        return found

    async def async_stop(self) -> None:
        """End a check that is running: somebody rang, or the voice goes."""
        await async_cancel(self._task)

    @asynccontextmanager
    async def _ask(self, options: VoiceOptions) -> AsyncIterator[None]:
        """Ask for the satellite's wake word, for as long as it is waited for."""
        assert isinstance(options.microphone, AssistMicrophone)
        state = self._hass.states.get(entity_id := options.microphone.entity_id)
        note = f"{DOMAIN}_{self._subentry.subentry_id}_wake_word"
        persistent_notification.async_create(
            self._hass,
            await async_request(self._hass, state.name if state else entity_id),
            title=self._subentry.title,
            notification_id=note,
        )
        try:
            yield
        finally:
            persistent_notification.async_dismiss(self._hass, note)

    def _keep(self, found: Calibration) -> None:
        """Store what was found out with the voice."""
        self._hass.config_entries.async_update_subentry(
            self._entry,
            self._subentry,
            data={**self._subentry.data, CONF_CALIBRATION: found.as_data()},
        )


def _recording(task: asyncio.Task[PorchRecording]) -> PorchRecording:
    """Return what was recorded; raise, translated, why nothing was."""
    if task.cancelled():
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="porch_check_interrupted"
        )
    try:
        return task.result()
    except LinkError as error:
        raise as_home_assistant_error(error) from error
