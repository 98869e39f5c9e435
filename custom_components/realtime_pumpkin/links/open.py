"""Make the two ends that a voice's options ask for."""

import asyncio

from homeassistant.core import HomeAssistant

from ..options import MediaPlayerSpeaker as MediaPlayerOption, VoiceOptions
from .media_player import MediaPlayerSpeaker
from .owned import Spawn
from .player import MediaPlayer
from .protocols import AudioSink, AudioSource
from .stream_view import async_get_streams
from .wyoming import WyomingSatellite
from .wyoming_microphone import SatelliteMicrophone
from .wyoming_speaker import SatelliteSpeaker


def create_links(
    hass: HomeAssistant, options: VoiceOptions, spawn: Spawn
) -> tuple[AudioSource, AudioSink]:
    """Return a voice's microphone and speaker, both still closed.

    `spawn` starts the tasks of both; their owner is whoever passes it.
    """
    clock = asyncio.get_running_loop().time
    microphone = options.microphone
    satellite = WyomingSatellite(
        microphone.host, microphone.port, spawn=spawn, clock=clock
    )
    source = SatelliteMicrophone(satellite)
    if isinstance(options.speaker, MediaPlayerOption):
        player = MediaPlayer(hass, options.speaker.entity_id)
        streams = async_get_streams(hass)
        sink = MediaPlayerSpeaker(player, streams, spawn=spawn, clock=clock)
        return source, sink
    return source, SatelliteSpeaker(satellite, spawn=spawn, clock=clock)
