"""Tests of which ends a voice gets."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.realtime_pumpkin.links.browser import BrowserPort, BrowserTab
from custom_components.realtime_pumpkin.links.browser_microphone import (
    BrowserMicrophone,
)
from custom_components.realtime_pumpkin.links.browser_speaker import BrowserSpeaker
from custom_components.realtime_pumpkin.links.media_player import MediaPlayerSpeaker
from custom_components.realtime_pumpkin.links.protocols import AudioSink, AudioSource
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from custom_components.realtime_pumpkin.options import VoiceOptions
from tests.links.voice_links import voice_links

MICROPHONE = {"kind": "wyoming", "host": "192.0.2.7", "port": 10700}
BROWSER = {"kind": "browser"}


def _links(hass: HomeAssistant, data: dict[str, Any]) -> tuple[AudioSource, AudioSink]:
    """Return the ends of a voice with such data."""
    options = VoiceOptions.from_subentry("P", data)
    port = BrowserPort("P", lambda: None)
    port.attach(BrowserTab("tab", "Ada", echo_cancelled=True, send=lambda _: None))
    return voice_links(hass, port).create(options)


async def test_a_voice_may_listen_and_speak_through_one_satellite(
    hass: HomeAssistant,
) -> None:
    """Both ends share its connection."""
    data = {"microphone": MICROPHONE, "speaker": {"kind": "satellite"}}
    source, sink = _links(hass, data)
    assert isinstance(source, SatelliteMicrophone)
    assert isinstance(sink, SatelliteSpeaker)
    assert source._satellite is sink._satellite


async def test_a_voice_may_speak_through_a_media_player(hass: HomeAssistant) -> None:
    """The satellite is its microphone only."""
    assert await async_setup_component(hass, "http", {})
    speaker = {"kind": "media_player", "entity_id": "media_player.porch"}
    data = {"microphone": MICROPHONE, "speaker": speaker}
    source, sink = _links(hass, data)
    assert isinstance(source, SatelliteMicrophone)
    assert isinstance(sink, MediaPlayerSpeaker)


async def test_a_voice_may_listen_and_speak_through_a_browser(
    hass: HomeAssistant,
) -> None:
    """Both ends are one tab, whose browser cancels its own echo."""
    source, sink = _links(hass, {"microphone": BROWSER, "speaker": BROWSER})
    assert isinstance(source, BrowserMicrophone)
    assert isinstance(sink, BrowserSpeaker)
    assert source._port is sink._port
    assert source.capabilities.echo_cancelled


async def test_a_browser_cancels_the_echo_of_its_own_speaker_only(
    hass: HomeAssistant,
) -> None:
    """Beside a media player its microphone hears the voice."""
    assert await async_setup_component(hass, "http", {})
    speaker = {"kind": "media_player", "entity_id": "media_player.porch"}
    source, sink = _links(hass, {"microphone": BROWSER, "speaker": speaker})
    assert isinstance(sink, MediaPlayerSpeaker)
    assert not source.capabilities.echo_cancelled


async def test_a_satellite_may_listen_for_a_voice_that_a_browser_speaks(
    hass: HomeAssistant,
) -> None:
    """Each end is chosen by itself."""
    source, sink = _links(hass, {"microphone": MICROPHONE, "speaker": BROWSER})
    assert isinstance(source, SatelliteMicrophone)
    assert isinstance(sink, BrowserSpeaker)
