"""A media player of the house that fetches over HTTP, well or badly."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, override

import aiohttp
from homeassistant.components.media_player import (
    MediaPlayerEntity,
    MediaPlayerEntityFeature as Feature,
    MediaPlayerState,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform

from custom_components.realtime_pumpkin.audio.mp3 import BYTES_PER_MS
from tests.links.satellite import Sound
from tests.links.virtual_time import now

PLAYER = "media_player.porch"
VOLUME = 0.3
_LATENCY_S = 0.3


@dataclass
class Habits:
    """How a player treats an address."""

    fetches: int = 1
    """How often it opens the address; it plays the last."""

    at_once: bool = False
    """It opens them side by side and keeps them all open; it plays the first."""


@dataclass
class Speaker:
    """What is heard of a player, in the loop's seconds."""

    played: list[Sound] = field(default_factory=list)

    def append(self, seconds: float) -> None:
        """Play something behind what plays."""
        begin = max(now() + _LATENCY_S, self.played[-1].end if self.played else 0)
        self.played.append(Sound(begin, begin + seconds))

    def silence(self) -> None:
        """Play nothing of what still waits."""
        at = now()
        self.played = [
            Sound(each.begin, min(each.end, at))
            for each in self.played
            if each.begin < at
        ]


class HousePlayer(MediaPlayerEntity):
    """A player on the porch; it complains of what no player expects."""

    _attr_name = "Porch"
    _attr_unique_id = "porch"
    _attr_should_poll = False
    _attr_supported_features = Feature.PLAY_MEDIA | Feature.STOP | Feature.VOLUME_SET
    _attr_state = MediaPlayerState.IDLE
    _attr_volume_level = VOLUME

    def __init__(self) -> None:
        """Be idle at a third of its volume."""
        self.habits = Habits()
        self.speaker = Speaker()
        self.faults: list[str] = []
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Fetch an address in place of what is played."""
        await self._stop()
        if not media_id.startswith("http://127.0.0.1"):
            self.faults.append(f"It cannot reach {media_id}")
        self._attr_state = MediaPlayerState.PLAYING
        self._attr_media_content_id = media_id
        self._attr_media_content_type = media_type
        self.async_write_ha_state()
        self._own(self._fetch_all(media_id))

    @override
    async def async_media_stop(self) -> None:
        """Fall silent at once."""
        await self._stop()
        self._attr_state = MediaPlayerState.IDLE
        self._attr_media_content_id = None
        self.async_write_ha_state()

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        """Be so loud from now on."""
        self._attr_volume_level = volume
        self.async_write_ha_state()

    async def vanish(self) -> None:
        """Be gone, as when it is unplugged."""
        await self._stop()
        self._attr_available = False
        self._attr_state = MediaPlayerState.IDLE
        self._attr_media_content_id = None
        self.async_write_ha_state()

    async def come_back(self) -> None:
        """Be there again, as it was."""
        self._attr_available = True
        self.habits = Habits()
        self.async_write_ha_state()

    async def close(self) -> None:
        """End every fetch."""
        await self._stop()
        if self._session is not None:
            await self._session.close()

    async def _stop(self) -> None:
        """Hang up and fall silent."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.speaker.silence()

    def _own(self, coro: Any) -> None:
        """Run something that ends with what is played."""
        task = asyncio.get_running_loop().create_task(coro, name="fake player")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch_all(self, url: str) -> None:
        """Open the address as often as is its habit."""
        if self._session is None:
            connector = aiohttp.TCPConnector(force_close=True)
            timeout = aiohttp.ClientTimeout(total=None)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        if self.habits.at_once:
            for _ in range(self.habits.fetches - 1):
                self._own(self._fetch(url, is_heard=False))
            await self._fetch(url, is_heard=True)
            return
        for number in range(self.habits.fetches):
            is_last = number == self.habits.fetches - 1
            await self._fetch(url, is_heard=is_last, peeks=not is_last)

    async def _fetch(self, url: str, *, is_heard: bool, peeks: bool = False) -> None:
        """Open the address once; play it, drop it, or only look at its beginning."""
        assert self._session is not None
        try:
            async with self._session.get(url) as response:
                if response.status != 200:
                    self.faults.append(f"It got {response.status}")
                    return
                async for block in response.content.iter_any():
                    if is_heard:
                        self.speaker.append(len(block) / BYTES_PER_MS / 1000)
                    if peeks:
                        return
        except aiohttp.ClientPayloadError, aiohttp.ClientConnectionError:
            pass


async def add_player(hass: HomeAssistant) -> HousePlayer:
    """Put a player into a house."""
    player = HousePlayer()
    setup_test_component_platform(hass, "media_player", [player])
    config = {"media_player": {"platform": "test"}}
    assert await async_setup_component(hass, "media_player", config)
    await hass.async_block_till_done()
    return player
