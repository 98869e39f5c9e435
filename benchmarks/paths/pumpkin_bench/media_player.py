"""Players that fetch what they are told to play at once."""

from typing import Any, override

from homeassistant.components.media_player import MediaPlayerEntity
from homeassistant.components.media_player.const import (
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .players import Porch


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Porch],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add as many as the entry says."""
    async_add_entities(
        Player(entry.runtime_data, number) for number in range(entry.data["count"])
    )


class Player(MediaPlayerEntity):
    """One player."""

    _attr_should_poll = False
    _attr_supported_features = (
        MediaPlayerEntityFeature.PLAY_MEDIA | MediaPlayerEntityFeature.STOP
    )

    def __init__(self, porch: Porch, number: int) -> None:
        """Be silent."""
        self._porch = porch
        self._number = number
        self._attr_name = f"Bench {number}"
        self._attr_unique_id = f"bench_{number}"
        self._attr_state = MediaPlayerState.IDLE

    @override
    async def async_play_media(
        self, media_type: str, media_id: str, **kwargs: Any
    ) -> None:
        """Fetch an address."""
        self._porch.tell(self._number, media_id)
        self._attr_state = MediaPlayerState.PLAYING
        self.async_write_ha_state()

    @override
    async def async_media_stop(self) -> None:
        """Hang up."""
        self._porch.tell(self._number, None)
        self._attr_state = MediaPlayerState.IDLE
        self.async_write_ha_state()
