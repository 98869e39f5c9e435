"""What the user chose for one voice, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from .calibration import Calibration
from .const import (
    CONF_BARGE_IN,
    CONF_CALIBRATION,
    CONF_ENTITY_ID,
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_JOINS_BROADCASTS,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_MODEL,
    CONF_OPENINGS,
    CONF_PORT,
    CONF_SCRIPTS,
    CONF_SPEAKER,
    CONF_SPEAKER_VOLUME,
    CONF_TRANSCRIPT_DELTAS,
    CONF_TRANSCRIPTS,
    CONF_VOICE,
    DEFAULT_INSTRUCTIONS,
    DEFAULT_MODEL,
    DEFAULT_SATELLITE_PORT,
    DEFAULT_VOICE,
    BargeIn,
    MicrophoneKind,
    SpeakerKind,
    Transcripts,
)
from .manners import Children, Limits, TurnTaking
from .staging import (
    EnsembleOptions,
    Eyes,
    HouseRules,
    JawAndCandle,
    NightMemory,
    SoundEffects,
    Tongue,
)


@dataclass(frozen=True, slots=True)
class WyomingMicrophone:
    """A Wyoming satellite that we connect to ourselves."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class AssistMicrophone:
    """A satellite entity of Home Assistant, reached through a pipeline of ours."""

    entity_id: str


@dataclass(frozen=True, slots=True)
class BrowserMicrophone:
    """The browser's tab that stands in for the voice's devices."""


@dataclass(frozen=True, slots=True)
class BrowserSpeaker:
    """The browser's tab that stands in for the voice's devices."""


@dataclass(frozen=True, slots=True)
class MediaPlayerSpeaker:
    """Any media player of Home Assistant."""

    entity_id: str


@dataclass(frozen=True, slots=True)
class SatelliteSpeaker:
    """The speaker of the satellite that is also the microphone."""


type Microphone = WyomingMicrophone | AssistMicrophone | BrowserMicrophone
type Speaker = MediaPlayerSpeaker | SatelliteSpeaker | BrowserSpeaker


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """One pumpkin: who it is, where it listens and where it speaks."""

    name: str
    instructions: str
    voice: str
    model: str
    microphone: Microphone
    speaker: Speaker
    turns: TurnTaking
    limits: Limits
    children: Children
    eyes: Eyes
    house: HouseRules
    memory: NightMemory
    jaw_and_candle: JawAndCandle
    sounds: SoundEffects
    tongue: Tongue
    ensemble: EnsembleOptions
    barge_in: BargeIn = BargeIn.AUTO
    transcript_deltas: bool = False
    calibration: Calibration | None = None
    scripts: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    """First words to choose from, as templates; none: the model's own."""

    transcripts: Transcripts = Transcripts.ALL
    joins_broadcasts: bool = False
    """Say what Home Assistant broadcasts, which opens a paid session."""

    speaker_volume: int | None = None
    """The media player's volume while the voice uses it, in percent."""

    @classmethod
    def from_subentry(cls, title: str, data: Mapping[str, Any]) -> Self:
        """Read the data that the voice flow stored."""
        return cls(
            name=title,
            instructions=data.get(CONF_INSTRUCTIONS, DEFAULT_INSTRUCTIONS),
            voice=data.get(CONF_VOICE, DEFAULT_VOICE),
            model=data.get(CONF_MODEL, DEFAULT_MODEL),
            microphone=_microphone(data[CONF_MICROPHONE]),
            speaker=_speaker(data[CONF_SPEAKER]),
            barge_in=BargeIn(data.get(CONF_BARGE_IN, BargeIn.AUTO)),
            transcript_deltas=data.get(CONF_TRANSCRIPT_DELTAS, False),
            calibration=Calibration.from_data(data.get(CONF_CALIBRATION)),
            turns=TurnTaking.from_data(data),
            limits=Limits.from_data(data),
            children=Children.from_data(data),
            house=HouseRules.from_data(data),
            eyes=Eyes.from_data(data),
            memory=NightMemory.from_data(data),
            sounds=SoundEffects.from_data(data),
            tongue=Tongue.from_data(data),
            ensemble=EnsembleOptions.from_data(data),
            scripts=tuple(data.get(CONF_SCRIPTS, ())),
            openings=tuple(data.get(CONF_OPENINGS, ())),
            transcripts=Transcripts(data.get(CONF_TRANSCRIPTS, Transcripts.ALL)),
            joins_broadcasts=data.get(CONF_JOINS_BROADCASTS, False),
            speaker_volume=data.get(CONF_SPEAKER_VOLUME),
            jaw_and_candle=JawAndCandle.from_data(data),
        )

    def in_browser(self) -> Self:
        """Return the same voice in a browser's tab, which no check has measured."""
        return replace(
            self,
            microphone=BrowserMicrophone(),
            speaker=BrowserSpeaker(),
            calibration=None,
        )

    def measured_at(self, satellite: str) -> Self:
        """Return the same voice at a satellite (its entity id).

        What was measured at another microphone says nothing of the echo there.
        """
        if self.microphone == AssistMicrophone(satellite):
            return self
        return replace(self, calibration=None)


def _microphone(data: Mapping[str, Any]) -> Microphone:
    """Read where the voice listens."""
    match MicrophoneKind(data[CONF_KIND]):
        case MicrophoneKind.ASSIST:
            return AssistMicrophone(data[CONF_ENTITY_ID])
        case MicrophoneKind.BROWSER:
            return BrowserMicrophone()
        case MicrophoneKind.WYOMING:
            port = int(data.get(CONF_PORT, DEFAULT_SATELLITE_PORT))
            return WyomingMicrophone(data[CONF_HOST], port)


def _speaker(data: Mapping[str, Any]) -> Speaker:
    """Read where the voice speaks."""
    match SpeakerKind(data[CONF_KIND]):
        case SpeakerKind.MEDIA_PLAYER:
            return MediaPlayerSpeaker(data[CONF_ENTITY_ID])
        case SpeakerKind.SATELLITE:
            return SatelliteSpeaker()
        case SpeakerKind.BROWSER:
            return BrowserSpeaker()
