"""What the session is told by our own side: microphone, speaker, commands."""

from dataclasses import dataclass, field
from enum import StrEnum

from .errors import RealtimeError


class Role(StrEnum):
    """Who an injected message speaks for."""

    SYSTEM = "system"
    USER = "user"


@dataclass(frozen=True, slots=True)
class MicrophoneFrame:
    """What the microphone heard: PCM s16le mono 24 kHz."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class SpeakerStarted:
    """The first sample of an utterance became audible."""

    utterance: str


@dataclass(frozen=True, slots=True)
class SpeakerFinished:
    """An utterance was heard to its end, after `heard_ms`."""

    utterance: str
    heard_ms: int


@dataclass(frozen=True, slots=True)
class SpeakerCleared:
    """The speaker fell silent when told to, `heard_ms` into its utterance."""

    heard_ms: int


@dataclass(frozen=True, slots=True)
class SpeakerTaken:
    """Somebody else plays at the speaker now, or does no more."""

    is_taken: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A text put into the conversation, answered at once if `respond`."""

    role: Role
    text: str
    respond: bool


@dataclass(frozen=True, slots=True)
class PlaySound:
    """A sound of our own is to be heard next: PCM s16le mono 24 kHz."""

    pcm: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """What the voice sees, as a data URL (JPEG or PNG), and what it is in words."""

    url: str = field(repr=False)
    caption: str


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool's result, as the JSON text that the model reads."""

    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The conversation should end, with a spoken goodbye or at once."""

    reason: str
    goodbye: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """The conversation should end once what is being said was heard.

    Where nothing is, the voice is told to say its last words first.
    """

    reason: str
    last_words: str


@dataclass(frozen=True, slots=True)
class SocketLost:
    """The socket ended or could not be opened again."""

    error: RealtimeError


@dataclass(frozen=True, slots=True)
class Wake:
    """The time asked for by `next_wake` has come."""


type Signal = (
    MicrophoneFrame
    | SpeakerStarted
    | SpeakerFinished
    | SpeakerCleared
    | SpeakerTaken
    | Message
    | PlaySound
    | Picture
    | ToolFinished
    | Stop
    | Leave
    | SocketLost
    | Wake
)
