"""A media player that fetches what it is told to play, over HTTP, and drops it."""

import asyncio
from typing import Any, override

from homeassistant.components.media_player import (
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession


class Player(MediaPlayerEntity):
    """Open an address as players do: a look first, then the sound."""

    _attr_unique_id = "soak_player"
    _attr_name = "Soak"
    _attr_should_poll = False
    _attr_state = MediaPlayerState.IDLE
    _attr_supported_features = (
        MediaPlayerEntityFeature.PLAY_MEDIA | MediaPlayerEntityFeature.STOP
    )

    def __init__(self) -> None:
        """Play nothing."""
        self._fetching: asyncio.Task[None] | None = None
        self.fetched_bytes = 0

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Fetch an address in place of what is fetched now."""
        await self.async_media_stop()
        self._fetching = self.hass.async_create_background_task(
            self._fetch(media_id), "soak player"
        )

    @override
    async def async_media_stop(self) -> None:
        """Hang up."""
        task, self._fetching = self._fetching, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _fetch(self, url: str) -> None:
        """Take the sound as it comes."""
        session = async_get_clientsession(self.hass)
        async with session.head(url), session.get(url) as response:
            async for chunk in response.content.iter_any():
                self.fetched_bytes += len(chunk)
