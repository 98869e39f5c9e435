"""Make the two ends that a voice's options ask for."""

import asyncio

from homeassistant.core import HomeAssistant

from ..options import (
    AssistMicrophone,
    BrowserMicrophone as BrowserMicrophoneOption,
    BrowserSpeaker as BrowserSpeakerOption,
    MediaPlayerSpeaker as MediaPlayerOption,
    VoiceOptions,
)
from .browser import BrowserPort
from .browser_microphone import BrowserMicrophone
from .browser_speaker import BrowserSpeaker
from .media_player import LATENCY_MS as MEDIA_PLAYER_LATENCY_MS, MediaPlayerSpeaker
from .owned import Clock, Spawn
from .player import MediaPlayer
from .protocols import AudioSink, AudioSource
from .stream_view import async_get_streams
from .wyoming import WyomingSatellite
from .wyoming_microphone import SatelliteMicrophone
from .wyoming_speaker import LATENCY_MS as SATELLITE_LATENCY_MS, SatelliteSpeaker


def create_links(
    hass: HomeAssistant,
    options: VoiceOptions,
    spawn: Spawn,
    *,
    browser: BrowserPort,
    latency_ms: float | None = None,
) -> tuple[AudioSource, AudioSink]:
    """Return a voice's microphone and speaker, both still closed.

    `spawn` starts the tasks of both; their owner is whoever passes it. Where an
    end is a browser, it is the tab at `browser`. The speaker's latency is what
    the porch check measured, where none is given.
    """
    if latency_ms is None and options.calibration is not None:
        latency_ms = options.calibration.latency_ms
    clock = asyncio.get_running_loop().time
    microphone = options.microphone
    match microphone:
        case BrowserMicrophoneOption():
            return _browser_and(hass, options, spawn, browser, latency_ms)
        case AssistMicrophone():
            raise NotImplementedError
    satellite = WyomingSatellite(
        microphone.host, microphone.port, spawn=spawn, clock=clock
    )
    source = SatelliteMicrophone(satellite)
    match options.speaker:
        case MediaPlayerOption(entity_id):
            return source, _media_player(hass, entity_id, spawn, clock, latency_ms)
        case BrowserSpeakerOption():
            return source, BrowserSpeaker(browser, clock=clock)
    return source, SatelliteSpeaker(
        satellite,
        spawn=spawn,
        clock=clock,
        latency_ms=SATELLITE_LATENCY_MS if latency_ms is None else latency_ms,
    )


def _browser_and(
    hass: HomeAssistant,
    options: VoiceOptions,
    spawn: Spawn,
    browser: BrowserPort,
    latency_ms: float | None,
) -> tuple[AudioSource, AudioSink]:
    """Return the microphone of a tab with a speaker: its own, or a player."""
    clock = asyncio.get_running_loop().time
    if isinstance(options.speaker, MediaPlayerOption):
        entity_id = options.speaker.entity_id
        source = BrowserMicrophone(browser, hears_own_speaker_only=False)
        return source, _media_player(hass, entity_id, spawn, clock, latency_ms)
    source = BrowserMicrophone(browser, hears_own_speaker_only=True)
    return source, BrowserSpeaker(browser, clock=clock)


def _media_player(
    hass: HomeAssistant,
    entity_id: str,
    spawn: Spawn,
    clock: Clock,
    latency_ms: float | None,
) -> MediaPlayerSpeaker:
    """Return a media player that is heard so much later than it plays."""
    return MediaPlayerSpeaker(
        MediaPlayer(hass, entity_id),
        async_get_streams(hass),
        spawn=spawn,
        clock=clock,
        latency_ms=MEDIA_PLAYER_LATENCY_MS if latency_ms is None else latency_ms,
    )
