"""What the session wants done: the outputs of its core."""

from dataclasses import dataclass
from typing import Any

from .events import ConversationUpdate, ToolCalled


@dataclass(frozen=True, slots=True)
class Send:
    """Send a client event to the service."""

    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SendAudio:
    """Append PCM s16le mono 24 kHz to the service's input buffer."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class BeginUtterance:
    """Start an utterance at the speaker, behind those that still play."""

    utterance: str


@dataclass(frozen=True, slots=True)
class Play:
    """Add PCM s16le mono 24 kHz to the utterance that was begun last."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class FinishUtterance:
    """Say that the utterance has no more audio."""


@dataclass(frozen=True, slots=True)
class ClearSpeaker:
    """Silence the speaker now and answer with `SpeakerCleared`."""


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run a tool in the background and answer with `ToolFinished`."""

    call: ToolCalled


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell whoever listens what happened."""

    update: ConversationUpdate


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Open a new socket after `delay` seconds, or find in `within` that it cannot be."""

    delay: float
    within: float = 10.0


@dataclass(frozen=True, slots=True)
class End:
    """Close everything: the conversation is over."""

    reason: str


type Action = (
    Send
    | SendAudio
    | BeginUtterance
    | Play
    | FinishUtterance
    | ClearSpeaker
    | RunTool
    | Notify
    | Reconnect
    | End
)
