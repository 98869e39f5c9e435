"""A house with a media player to borrow from, which keeps what it is told."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.links.stream_view import async_get_streams
from tests.links.test_stream import Reader

PLAYER = "media_player.porch"


RADIO = "https://radio.example/halloween.mp3"


MUSIC = {"media_content_id": RADIO, "media_content_type": "music"}


AT_A_PLAYER = {
    "speaker": {"kind": "media_player", "entity_id": PLAYER},
    "speaker_volume": 60,
}


class House:
    """A media player that does as it is told, and what it was told."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Have a player that is idle, at 30 %."""
        self.hass = hass
        self.volumes: list[float] = []
        self.played: list[str] = []
        self.readers: list[Reader] = []
        self.is_broken = False
        self.is_deaf = False
        """It does not do what it is told, and does not say so."""

        self.features = Feature.PLAY_MEDIA | Feature.STOP | Feature.VOLUME_SET
        self.attributes: dict[str, Any] = {"volume_level": 0.3}
        self.be("idle")
        for action in ("volume_set", "play_media", "media_stop"):
            hass.services.async_register("media_player", action, getattr(self, action))

    def be(self, state: str, **attributes: Any) -> None:
        """Show a state; what is None is not shown."""
        self.attributes |= attributes
        shown = {name: at for name, at in self.attributes.items() if at is not None}
        shown["supported_features"] = int(self.features)
        self.hass.states.async_set(PLAYER, state, shown)

    async def volume_set(self, call: ServiceCall) -> None:
        """Take another volume, as the device rounds it."""
        if self.is_broken:
            raise HomeAssistantError("broken")
        level = call.data["volume_level"]
        self.volumes.append(level)
        if self.is_deaf:
            return
        self.be("playing" if self.is_playing else "idle", volume_level=level - 0.004)

    async def play_media(self, call: ServiceCall) -> None:
        """Play something in place of what plays."""
        media = call.data["media_content_id"]
        self.played.append(media)
        self.be("playing", media_content_id=media, media_content_type="music")
        if DOMAIN in media:
            token = media.rsplit("/", 1)[1].split(".", maxsplit=1)[0]
            stream = async_get_streams(self.hass).find(token)
            assert stream is not None
            self.readers.append(Reader(stream.fetch(lambda: None)))

    async def media_stop(self, call: ServiceCall) -> None:
        """Stop."""
        self.be("idle", media_content_id=None)

    @property
    def is_playing(self) -> bool:
        """Tell whether it plays."""
        return self.hass.states.is_state(PLAYER, "playing")

    @property
    def volume(self) -> float:
        """Return how loud it is."""
        return round(float(self.attributes["volume_level"]), 2)


@pytest.fixture(name="house")
async def house_fixture(hass: HomeAssistant) -> AsyncIterator[House]:
    """Have a house with a player that can reach Home Assistant."""
    await async_process_ha_core_config(hass, {"internal_url": "http://10.0.0.2:8123"})
    house = House(hass)
    yield house
    for reader in house.readers:
        await reader.hang_up()
