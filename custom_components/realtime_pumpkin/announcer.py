"""Media of Home Assistant, played through a voice's own speaker."""

import asyncio
from typing import Final

from homeassistant.components.media_player.browse_media import (
    async_process_play_media_url,
)
from homeassistant.components.media_source import (
    async_resolve_media,
    is_media_source_id,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from yarl import URL

from .audio.decode import decode
from .const import DOMAIN
from .issues import as_home_assistant_error
from .links.errors import LinkError
from .links.owned import Spawn, async_cancel
from .links.playing import async_play
from .links.protocols import AudioSink

LONGEST_MS: Final = 5 * 60 * 1000
PATIENCE_S: Final = 15.0


class Announcer:
    """Play media, one after the other, unless somebody rings."""

    def __init__(self, hass: HomeAssistant, spawn: Spawn) -> None:
        """Play nothing yet; `spawn` starts the task that plays."""
        self._hass = hass
        self._spawn = spawn
        self._task: asyncio.Task[None] | None = None

    async def async_announce(self, media_id: str, sink: AudioSink) -> None:
        """Play a media id or an address to its end, at most five minutes of it.

        Raises a translated `HomeAssistantError` where it cannot be read or the
        speaker cannot be had. A ring at the door ends it early.
        """
        pcm = await self._async_read(media_id)
        await self.async_stop()
        self._task = task = self._spawn(
            async_play(sink, pcm, PATIENCE_S), "announcement"
        )
        await asyncio.wait([task])
        if not task.cancelled() and isinstance(error := task.exception(), LinkError):
            raise as_home_assistant_error(error) from error

    async def async_stop(self) -> None:
        """Fall silent: a conversation needs the speaker."""
        await async_cancel(self._task)

    async def _async_read(self, media_id: str) -> bytes:
        """Return the sound of a media as PCM s16le mono 24 kHz."""
        address = media_id
        try:
            if is_media_source_id(media_id):
                address = (await async_resolve_media(self._hass, media_id, None)).url
            address = async_process_play_media_url(self._hass, address)
            _require_web(address)
            return await self._hass.async_add_executor_job(decode, address, LONGEST_MS)
        except (HomeAssistantError, OSError, ValueError) as error:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="media_unplayable",
                translation_placeholders={"media": media_id, "error": str(error)},
            ) from error


def _require_web(address: str) -> None:
    """Raise `ValueError` for what is no web address: files are not for all to hear."""
    if URL(address).scheme not in ("http", "https"):
        raise ValueError("Not a media of Home Assistant and not a web address")
