"""One small frozen dataclass for each thing that happens in a conversation.

Most are server events of the Realtime API read by `wire`; the rest are found
out by the session itself. Offsets are ms, audio is PCM s16le mono 24 kHz.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """What the voice is doing, as seen from the porch."""

    IDLE = "idle"
    LISTENING = "listening"
    PROCESSING = "processing"
    RESPONDING = "responding"


@dataclass(frozen=True, slots=True)
class SessionCreated:
    """The service opened a session (`session.created`)."""

    session_id: str
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    """The service took our configuration (`session.updated`)."""


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """A configured session is ready; `resumed` after a lost connection."""

    session_id: str
    resumed: bool


@dataclass(frozen=True, slots=True)
class SessionLost:
    """The session is gone, and another one is being opened."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The service hears somebody (`input_audio_buffer.speech_started`)."""

    item_id: str
    audio_start_ms: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The speaker has fallen silent (`input_audio_buffer.speech_stopped`)."""

    item_id: str
    audio_end_ms: int


@dataclass(frozen=True, slots=True)
class SpeechCommitted:
    """What was heard became an item (`input_audio_buffer.committed`)."""

    item_id: str


@dataclass(frozen=True, slots=True)
class UserTranscript:
    """What was heard, in words (`…input_audio_transcription.completed`)."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class UserTranscriptFailed:
    """What was heard could not be transcribed (`…transcription.failed`)."""

    item_id: str
    code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class ResponseCreated:
    """The model begins to answer (`response.created`)."""

    response_id: str


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """A piece of the answer's sound (`response.output_audio.delta`)."""

    response_id: str
    item_id: str
    content_index: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class AssistantTranscriptDelta:
    """A piece of the answer's words (`response.output_audio_transcript.delta`)."""

    response_id: str
    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AssistantTranscript:
    """The words of an answer (`response.output_audio_transcript.done`)."""

    response_id: str
    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """What the model wants called; `arguments` is JSON as it came."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ItemFinished:
    """An item of the answer is complete (`response.output_item.done`)."""

    response_id: str
    item_id: str
    kind: str
    status: str
    call: FunctionCall | None = None


@dataclass(frozen=True, slots=True)
class ResponseDone:
    """The model has ended its answer (`response.done`).

    `status` is completed, cancelled, incomplete or failed; `usage` is the
    service's token count as it came.
    """

    response_id: str
    status: str
    error_code: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerError:
    """The service refused something (`error`); `event_id` names our event."""

    error_type: str
    code: str | None
    message: str
    event_id: str | None


@dataclass(frozen=True, slots=True)
class AudioStarted:
    """The first sample of an answer became audible."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Paused:
    """A sound silenced the voice after `heard_ms` of its answer.

    `Interrupted` follows where it was speech, `Resumed` where it was not.
    """

    response_id: str
    heard_ms: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody spoke into the answer after `heard_ms` of it."""

    response_id: str
    heard_ms: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """Nobody had spoken after all: the voice goes on with the next `rest_ms`."""

    response_id: str
    rest_ms: int


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The model called one of its tools; `arguments` are parsed."""

    call_id: str
    name: str
    arguments: dict[str, Any]


class ToolOutcome(StrEnum):
    """What became of a tool call."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool call is over; `actions` names what it made Home Assistant do.

    `reason` says why it was not done, for the owner's eyes.
    """

    call_id: str
    name: str
    outcome: ToolOutcome
    actions: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The model ended the conversation with `finish_conversation`."""

    reason: str
    summary: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong that a person should know of.

    `fatal` says that the conversation ends because of it.
    """

    kind: str
    code: str | None
    message: str
    fatal: bool


type ServerEvent = (
    SessionCreated
    | SessionUpdated
    | SpeechStarted
    | SpeechStopped
    | SpeechCommitted
    | UserTranscript
    | UserTranscriptFailed
    | ResponseCreated
    | AudioDelta
    | AssistantTranscriptDelta
    | AssistantTranscript
    | ItemFinished
    | ResponseDone
    | ServerError
)

type ConversationUpdate = (
    SessionStarted
    | SessionLost
    | SpeechStarted
    | SpeechStopped
    | UserTranscript
    | AudioStarted
    | AssistantTranscriptDelta
    | AssistantTranscript
    | Paused
    | Interrupted
    | Resumed
    | ItemFinished
    | ToolCalled
    | ToolFinished
    | Finished
    | Failed
)
