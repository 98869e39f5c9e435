"""Make the two ends that a voice's options ask for."""

import asyncio

from homeassistant.core import HomeAssistant

from ..options import (
    AssistMicrophone,
    MediaPlayerSpeaker as MediaPlayerOption,
    VoiceOptions,
)
from .media_player import LATENCY_MS as MEDIA_PLAYER_LATENCY_MS, MediaPlayerSpeaker
from .owned import Spawn
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
    latency_ms: float | None = None,
) -> tuple[AudioSource, AudioSink]:
    """Return a voice's microphone and speaker, both still closed.

    `spawn` starts the tasks of both; their owner is whoever passes it. The
    speaker's latency is what the porch check measured, where none is given.
    """
    if latency_ms is None and options.calibration is not None:
        latency_ms = options.calibration.latency_ms
    clock = asyncio.get_running_loop().time
    microphone = options.microphone
    if isinstance(microphone, AssistMicrophone):
        raise NotImplementedError
    satellite = WyomingSatellite(
        microphone.host, microphone.port, spawn=spawn, clock=clock
    )
    source = SatelliteMicrophone(satellite)
    if isinstance(options.speaker, MediaPlayerOption):
        player = MediaPlayer(hass, options.speaker.entity_id)
        streams = async_get_streams(hass)
        return source, MediaPlayerSpeaker(
            player,
            streams,
            spawn=spawn,
            clock=clock,
            latency_ms=MEDIA_PLAYER_LATENCY_MS if latency_ms is None else latency_ms,
        )
    return source, SatelliteSpeaker(
        satellite,
        spawn=spawn,
        clock=clock,
        latency_ms=SATELLITE_LATENCY_MS if latency_ms is None else latency_ms,
    )
