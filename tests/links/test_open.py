"""Tests of which ends a voice gets."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.realtime_pumpkin.links.media_player import MediaPlayerSpeaker
from custom_components.realtime_pumpkin.links.open import create_links
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from custom_components.realtime_pumpkin.options import VoiceOptions
from tests.links.virtual_time import spawn

MICROPHONE = {"kind": "wyoming", "host": "192.0.2.7", "port": 10700}


async def test_a_voice_may_listen_and_speak_through_one_satellite(
    hass: HomeAssistant,
) -> None:
    """Both ends share its connection."""
    data = {"microphone": MICROPHONE, "speaker": {"kind": "satellite"}}
    source, sink = create_links(hass, VoiceOptions.from_subentry("P", data), spawn)
    assert isinstance(source, SatelliteMicrophone)
    assert isinstance(sink, SatelliteSpeaker)
    assert source._satellite is sink._satellite


async def test_a_voice_may_speak_through_a_media_player(hass: HomeAssistant) -> None:
    """The satellite is its microphone only."""
    assert await async_setup_component(hass, "http", {})
    speaker = {"kind": "media_player", "entity_id": "media_player.porch"}
    data = {"microphone": MICROPHONE, "speaker": speaker}
    source, sink = create_links(hass, VoiceOptions.from_subentry("P", data), spawn)
    assert isinstance(source, SatelliteMicrophone)
    assert isinstance(sink, MediaPlayerSpeaker)
