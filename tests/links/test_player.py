"""Tests of what media players of Home Assistant are asked for."""

from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.realtime_pumpkin.links.errors import (
    NoInternalUrl,
    SpeakerUnavailable,
)
from custom_components.realtime_pumpkin.links.player import MediaPlayer

URL = "http://10.0.0.2:8123/api/realtime_pumpkin/audio/x.mp3?v=1"
ALL = Feature.PLAY_MEDIA | Feature.STOP | Feature.MEDIA_ANNOUNCE


@pytest.fixture(autouse=True)
async def internal_url(hass: HomeAssistant) -> None:
    """Let Home Assistant know its own address."""
    await async_process_ha_core_config(hass, {"internal_url": "http://10.0.0.2:8123"})


def player(
    hass: HomeAssistant,
    platform: str,
    features: Feature = ALL,
    state: str = "idle",
) -> MediaPlayer:
    """Return a player of an integration."""
    entry = er.async_get(hass).async_get_or_create("media_player", platform, "porch")
    hass.states.async_set(entry.entity_id, state, {"supported_features": int(features)})
    return MediaPlayer(hass, entry.entity_id)


@pytest.mark.parametrize("state", ["idle", "off", "playing", "unknown"])
def test_a_player_that_can_play_is_told_home_assistants_address(
    hass: HomeAssistant, state: str
) -> None:
    """The internal one, in whichever state the player is."""
    assert player(hass, "mpd", state=state).open() == "http://10.0.0.2:8123"


@pytest.mark.parametrize(
    ("features", "state"), [(Feature.STOP, "idle"), (ALL, "unavailable")]
)
def test_a_player_that_cannot_play_is_unavailable(
    hass: HomeAssistant, features: Feature, state: str
) -> None:
    """Neither one that is away nor one that plays no media."""
    with pytest.raises(SpeakerUnavailable):
        player(hass, "mpd", features, state).open()


def test_a_player_that_does_not_exist_is_unavailable(hass: HomeAssistant) -> None:
    """Its name is in the error."""
    with pytest.raises(SpeakerUnavailable) as caught:
        MediaPlayer(hass, "media_player.gone").open()
    assert caught.value.placeholders == {"entity_id": "media_player.gone"}


async def test_without_an_address_no_player_can_fetch(hass: HomeAssistant) -> None:
    """The user has to say where Home Assistant is."""
    hass.config.internal_url = None
    hass.config.api = None
    with pytest.raises(NoInternalUrl):
        player(hass, "mpd").open()


@pytest.mark.parametrize(
    ("platform", "more"),
    [
        ("mpd", {}),
        ("sonos", {}),
        ("music_assistant", {}),
        ("cast", {"extra": {"stream_type": "LIVE"}}),
        ("esphome", {"announce": True}),
    ],
)
async def test_a_player_is_told_to_play_music_as_it_needs_it(
    hass: HomeAssistant, platform: str, more: dict[str, object]
) -> None:
    """Only ESPHome's announcements can be streams and be replaced."""
    calls = async_mock_service(hass, "media_player", "play_media")
    await player(hass, platform).async_play(URL)
    assert [call.data for call in calls] == [
        {
            "entity_id": f"media_player.{platform}_porch",
            "media_content_id": URL,
            "media_content_type": "music",
            **more,
        }
    ]


@pytest.mark.parametrize(
    ("platform", "features", "stops"),
    [
        ("mpd", ALL, True),
        ("mpd", Feature.PLAY_MEDIA, False),
        ("esphome", ALL, False),
        ("esphome", Feature.PLAY_MEDIA | Feature.STOP, True),
    ],
)
def test_a_stop_is_only_trusted_where_it_stops_what_we_play(
    hass: HomeAssistant, platform: str, features: Feature, stops: bool
) -> None:
    """ESPHome's media_stop leaves announcements alone."""
    assert player(hass, platform, features).stops_by_command is stops


async def test_a_player_is_stopped_by_its_action(hass: HomeAssistant) -> None:
    """It is called for this player."""
    calls = async_mock_service(hass, "media_player", "media_stop")
    await player(hass, "mpd").async_stop()
    assert [call.data for call in calls] == [{"entity_id": "media_player.mpd_porch"}]
