"""Make the two ends that a voice's options ask for."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..calibration import Delay
from ..options import (
    AssistMicrophone as AssistOption,
    BrowserMicrophone as BrowserMicrophoneOption,
    BrowserSpeaker as BrowserSpeakerOption,
    MediaPlayerSpeaker as MediaPlayerOption,
    Speaker,
    VoiceOptions,
    WyomingMicrophone as WyomingOption,
)
from .assist import AssistMicrophone, OpenMicrophone
from .assist_run import AssistAccess, SatelliteRun
from .assist_start import SatelliteStart
from .assist_wake import SatelliteWake
from .browser import BrowserPort
from .browser_microphone import BrowserMicrophone
from .browser_speaker import BrowserSpeaker
from .errors import AssistSatelliteWithoutSpeaker
from .media_player import LATENCY_MS as MEDIA_PLAYER_LATENCY_MS, MediaPlayerSpeaker
from .owned import Spawn
from .player import MediaPlayer
from .protocols import AudioSink, AudioSource
from .satellite_stream import SatelliteStream
from .satellites import can_be_started, own_player
from .stay import Stay
from .stream_view import async_get_streams
from .wyoming import WyomingSatellite
from .wyoming_microphone import SatelliteMicrophone
from .wyoming_speaker import LATENCY_MS as SATELLITE_LATENCY_MS, SatelliteSpeaker

type Ends = tuple[AudioSource, AudioSink]


@dataclass(frozen=True, slots=True)
class _Sound:
    """How a speaker sounds: when what is played is heard, and how loud (percent)."""

    delay: Delay | None
    volume: int | None


class VoiceLinks:
    """Make the microphones and speakers of one voice, all of them still closed."""

    def __init__(
        self,
        hass: HomeAssistant,
        spawn: Spawn,
        *,
        browser: BrowserPort,
        access: AssistAccess,
    ) -> None:
        """Make links whose tasks `spawn` starts for their owner.

        Where an end is a browser, it is the tab at `browser`; satellites that Home
        Assistant has connected are reached through `access`.
        """
        self._hass = hass
        self._spawn = spawn
        self._browser = browser
        self._access = access
        self._clock = hass.loop.time

    def create(
        self,
        options: VoiceOptions,
        *,
        heard: SatelliteStream | None = None,
        delay: Delay | None = None,
        awaits_wake_word: bool = False,
    ) -> Ends:
        """Return microphone and speaker.

        `heard` is a satellite that was spoken to: it takes the place of the voice's
        own. The speaker's delay is what the porch check measured, where none is
        given. With `awaits_wake_word`, a satellite that cannot be started is opened
        by whoever says its wake word.
        """
        if delay is None and options.calibration is not None:
            delay = options.calibration.delay
        sound = _Sound(delay, options.speaker_volume)
        if heard is not None:
            sink = self._beside(options.speaker, heard.satellite, sound)
            return OpenMicrophone(self._hass, heard), sink
        match options.microphone:
            case BrowserMicrophoneOption():
                return self._in_browser(options.speaker, sound)
            case AssistOption(entity_id):
                run = self._run_at(entity_id, awaits_wake_word=awaits_wake_word)
                sink = self._beside(options.speaker, entity_id, sound)
                return AssistMicrophone(self._hass, run), sink
            case WyomingOption() as satellite:
                return self._by_wyoming(options.speaker, satellite, sound)

    def _by_wyoming(
        self, speaker: Speaker, option: WyomingOption, sound: _Sound
    ) -> Ends:
        """Return the microphone of a satellite that we connect to ourselves."""
        delay = sound.delay
        satellite = WyomingSatellite(
            option.host, option.port, spawn=self._spawn, clock=self._clock
        )
        source = SatelliteMicrophone(satellite)
        match speaker:
            case MediaPlayerOption(entity_id):
                player = self._player(entity_id)
                return source, self._media_player(player, sound)
            case BrowserSpeakerOption():
                return source, BrowserSpeaker(self._browser, clock=self._clock)
        return source, SatelliteSpeaker(
            satellite,
            spawn=self._spawn,
            clock=self._clock,
            latency_ms=SATELLITE_LATENCY_MS if delay is None else delay.latency_ms,
        )

    def _run_at(self, satellite: str, *, awaits_wake_word: bool) -> SatelliteRun:
        """Return how a satellite that Home Assistant has connected gets to listen."""
        hass, access, clock = self._hass, self._access, self._clock
        if awaits_wake_word and not can_be_started(hass, satellite):
            return SatelliteWake(hass, satellite, access, clock)
        return SatelliteStart(hass, satellite, access, spawn=self._spawn, clock=clock)

    def _in_browser(self, speaker: Speaker, sound: _Sound) -> Ends:
        """Return the microphone of a tab with a speaker: its own, or a player."""
        if isinstance(speaker, MediaPlayerOption):
            player = self._player(speaker.entity_id)
            source = BrowserMicrophone(self._browser, hears_own_speaker_only=False)
            return source, self._media_player(player, sound)
        source = BrowserMicrophone(self._browser, hears_own_speaker_only=True)
        return source, BrowserSpeaker(self._browser, clock=self._clock)

    def _beside(self, speaker: Speaker, satellite: str, sound: _Sound) -> AudioSink:
        """Return the speaker beside a satellite: its own player, or another one.

        A device without a player is told as a failure when it is opened.
        """
        match speaker:
            case MediaPlayerOption(entity_id):
                player = self._player(entity_id)
            case BrowserSpeakerOption():
                return BrowserSpeaker(self._browser, clock=self._clock)
            case _ if (own := own_player(self._hass, satellite)) is not None:
                player = self._player(own, satellite)
            case _:
                missing = AssistSatelliteWithoutSpeaker(entity_id=satellite)
                player = MediaPlayer(self._hass, satellite, missing=missing)
        return self._media_player(player, sound)

    def _player(self, entity_id: str, satellite: str | None = None) -> MediaPlayer:
        """Return a media player, which may be a satellite's own."""
        return MediaPlayer(
            self._hass,
            entity_id,
            satellite=satellite,
            announcements=self._access.announcements,
        )

    def _media_player(self, player: MediaPlayer, sound: _Sound) -> MediaPlayerSpeaker:
        """Return a media player that is heard so much later than it plays."""
        delay = sound.delay or Delay(MEDIA_PLAYER_LATENCY_MS)
        return MediaPlayerSpeaker(
            player,
            async_get_streams(self._hass),
            spawn=self._spawn,
            clock=self._clock,
            latency_ms=delay.latency_ms,
            prebuffer_ms=delay.prebuffer_ms,
            stay=Stay(self._access.loans, player, sound.volume),
        )
