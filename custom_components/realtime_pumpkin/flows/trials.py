"""What the flows try before they store it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant

from ..audio.chirp import chirp
from ..client import async_check_account, create_account
from ..const import CONF_BASE_URL, CONF_HOST, CONF_MODEL, CONF_PORT
from ..links.errors import LinkError
from ..links.media_player import MediaPlayerSpeaker
from ..links.owned import Spawn
from ..links.player import MediaPlayer
from ..links.playing import async_play
from ..links.protocols import AudioSink
from ..links.stream_view import async_get_streams
from ..links.wyoming import WyomingSatellite
from ..links.wyoming_speaker import SatelliteSpeaker
from ..realtime.errors import ErrorKind, RealtimeError

LONGEST_TRIAL_S: Final = 10.0
"""Longer than a player may take to fetch a sound, which the link itself tells."""

_FIELDS: Final[Mapping[ErrorKind, str]] = {
    ErrorKind.AUTH: CONF_API_KEY,
    ErrorKind.UNREACHABLE: CONF_BASE_URL,
    ErrorKind.WRONG_URL: CONF_BASE_URL,
    ErrorKind.TLS: CONF_BASE_URL,
    ErrorKind.MODEL: CONF_MODEL,
}


def field_of(failure: RealtimeError) -> str:
    """Return the field that a failure of the account points at, or `base`."""
    return _FIELDS.get(failure.kind, "base")


async def async_account_failure(
    hass: HomeAssistant, account: Mapping[str, Any], model: str
) -> RealtimeError | None:
    """Return why the account does not open a session with the model."""
    try:
        await async_check_account(create_account(hass, account), model)
    except RealtimeError as err:
        return err
    return None


async def async_speaker_failure(sink: AudioSink) -> LinkError | None:
    """Play a chirp; return why nobody can have heard it."""
    try:
        await async_play(sink, chirp(), LONGEST_TRIAL_S)
    except LinkError as err:
        return err
    return None


def speaker_of(
    hass: HomeAssistant, spawn: Spawn, microphone: Mapping[str, Any], player: str | None
) -> AudioSink:
    """Return a media player as a speaker, or a Wyoming satellite's own."""
    clock = hass.loop.time
    if player is not None:
        return MediaPlayerSpeaker(
            MediaPlayer(hass, player),
            async_get_streams(hass),
            spawn=spawn,
            clock=clock,
        )
    satellite = WyomingSatellite(
        microphone[CONF_HOST], microphone[CONF_PORT], spawn=spawn, clock=clock
    )
    return SatelliteSpeaker(satellite, spawn=spawn, clock=clock, latency_ms=0)
