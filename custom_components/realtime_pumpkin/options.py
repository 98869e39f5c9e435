"""What the user chose for one voice, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Self

from .const import (
    CONF_BARGE_IN,
    CONF_ENTITY_ID,
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_MODEL,
    CONF_PORT,
    CONF_SCRIPTS,
    CONF_SPEAKER,
    CONF_TRANSCRIPT_DELTAS,
    CONF_VOICE,
    DEFAULT_INSTRUCTIONS,
    DEFAULT_MODEL,
    DEFAULT_SATELLITE_PORT,
    DEFAULT_VOICE,
    BargeIn,
    BusyPolicy,
    Eagerness,
    NoiseReduction,
    SpeakerKind,
    TurnDetection,
)


@dataclass(frozen=True, slots=True)
class WyomingMicrophone:
    """A Wyoming satellite that we connect to ourselves."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class MediaPlayerSpeaker:
    """Any media player of Home Assistant."""

    entity_id: str


@dataclass(frozen=True, slots=True)
class SatelliteSpeaker:
    """The speaker of the satellite that is also the microphone."""


type Microphone = WyomingMicrophone
type Speaker = MediaPlayerSpeaker | SatelliteSpeaker


@dataclass(frozen=True, slots=True)
class TurnTaking:
    """How voice and visitor take turns; the fields are named as they are stored."""

    echo_tail_ms: int = 400
    """How long the half-duplex gate stays closed after the last sound."""

    min_speech_ms: int = 300
    """How much must be spoken into an answer before it counts; 0: any sound."""

    turn_detection: TurnDetection = TurnDetection.SERVER_VAD
    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    eagerness: Eagerness = Eagerness.AUTO
    noise_reduction: NoiseReduction = NoiseReduction.FAR_FIELD
    trims_silence: bool = True
    """Answers begin without the silence that the model begins them with."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how often and for how much a voice talks; named as stored."""

    max_duration_s: int = 240
    idle_timeout_s: int = 20
    busy: BusyPolicy = BusyPolicy.TELL
    cooldown_s: int = 0
    """How long after a conversation no other one starts."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    daily_budget_usd: float = 5.0
    """What a day may cost before no conversation starts any more; 0: anything."""

    monthly_budget_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Children:
    """How a voice treats whoever may be a child; named as stored."""

    safety_rules: bool = True
    says_it_is_a_computer: bool = False


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """One pumpkin: who it is, where it listens and where it speaks."""

    name: str
    instructions: str
    voice: str
    model: str
    microphone: Microphone
    speaker: Speaker
    barge_in: BargeIn = BargeIn.AUTO
    transcript_deltas: bool = False
    turns: TurnTaking = TurnTaking()
    limits: Limits = Limits()
    children: Children = Children()
    scripts: tuple[str, ...] = ()

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
            scripts=tuple(data.get(CONF_SCRIPTS, ())),
        )


def _microphone(data: Mapping[str, Any]) -> Microphone:
    """Read where the voice listens."""
    port = int(data.get(CONF_PORT, DEFAULT_SATELLITE_PORT))
    return WyomingMicrophone(data[CONF_HOST], port)


def _speaker(data: Mapping[str, Any]) -> Speaker:
    """Read where the voice speaks."""
    match SpeakerKind(data[CONF_KIND]):
        case SpeakerKind.MEDIA_PLAYER:
            return MediaPlayerSpeaker(data[CONF_ENTITY_ID])
        case SpeakerKind.SATELLITE:
            return SatelliteSpeaker()
