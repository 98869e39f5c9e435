"""The conversation as a core: no socket, no clock, no task.

`feed` takes what happened (a server event or a signal of our own side) and
returns what to do. So an hour of conversation is a test of milliseconds, exact
to the millisecond. `now` is in seconds on any clock that does not go back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from . import answering, connecting, listening, pausing, sounds, steering
from .actions import Action
from .config import Behaviour, SessionConfig
from .conversation import Conversation, Due
from .events import (
    AssistantTranscript,
    AssistantTranscriptDelta,
    AudioDelta,
    ItemFinished,
    Phase,
    ResponseCreated,
    ResponseDone,
    ServerError,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    UserTranscript,
    UserTranscriptFailed,
)
from .history import History
from .signals import (
    Leave,
    Message,
    MicrophoneFrame,
    Picture,
    PlaySound,
    Signal,
    SocketLost,
    SpeakerCleared,
    SpeakerFinished,
    SpeakerStarted,
    SpeakerTaken,
    Stop,
    ToolFinished,
)
from .usage import Usage

type Handler = Callable[[Conversation, Any], Iterable[Action]]

HANDLERS: Final[Mapping[type, Handler]] = {
    SessionCreated: connecting.on_session_created,
    SessionUpdated: connecting.on_session_updated,
    SocketLost: connecting.on_connection_lost,
    ServerError: connecting.on_error,
    Message: connecting.on_message,
    PlaySound: sounds.on_sound,
    Picture: connecting.on_picture,
    MicrophoneFrame: listening.on_frame,
    SpeechStarted: listening.on_speech_started,
    SpeechStopped: listening.on_speech_stopped,
    SpeechCommitted: listening.on_speech_committed,
    UserTranscript: listening.on_user_transcript,
    UserTranscriptFailed: listening.on_transcript_failed,
    SpeakerCleared: listening.on_speaker_cleared,
    ResponseCreated: answering.on_response_created,
    AudioDelta: answering.on_audio,
    AssistantTranscriptDelta: answering.on_assistant_delta,
    AssistantTranscript: answering.on_assistant_transcript,
    ItemFinished: answering.on_item_finished,
    ResponseDone: answering.on_response_done,
    ToolFinished: answering.on_tool_finished,
    SpeakerTaken: pausing.on_speaker_taken,
    SpeakerStarted: answering.on_speaker_started,
    SpeakerFinished: answering.on_speaker_finished,
    Stop: steering.on_stop,
    Leave: steering.on_leave,
}
"""What each input does; an input that is not here only moves the clocks."""


class SessionCore:
    """One conversation, whatever sockets it takes."""

    def __init__(
        self,
        config: SessionConfig,
        behaviour: Behaviour,
        *,
        epoch_offset: float = 0.0,
    ) -> None:
        """Start before the first socket is open.

        `epoch_offset` is Unix time minus the clock of `now`, in seconds.
        """
        self._talk = Conversation(config, behaviour, epoch_offset=epoch_offset)

    @property
    def history(self) -> History:
        """Return what was said."""
        return self._talk.history

    @property
    def usage(self) -> Usage:
        """Return the tokens that were used."""
        return self._talk.usage

    @property
    def turns(self) -> int:
        """Return how many turns of the visitor were answered aloud."""
        return self._talk.turns.answered

    @property
    def duration(self) -> float:
        """Return for how many seconds the conversation has run."""
        return self._talk.duration

    @property
    def is_over(self) -> bool:
        """Tell whether the conversation has ended."""
        return self._talk.is_over

    @property
    def phase(self) -> Phase:
        """Return what the voice is doing, as seen from the porch."""
        talk = self._talk
        if talk.is_over:
            return Phase.IDLE
        if talk.playback.is_audible:
            return Phase.RESPONDING
        if talk.turns.is_speaking:
            return Phase.LISTENING
        is_working = talk.is_answering or talk.ending or not talk.is_ready
        return Phase.PROCESSING if is_working else Phase.LISTENING

    @property
    def takes_sounds(self) -> bool:
        """Tell whether a sound of our own would be heard now."""
        return sounds.takes_sounds(self._talk)

    @property
    def next_wake(self) -> float | None:
        """Return when `Wake` has to be fed, on the clock of `feed`."""
        return None if self._talk.is_over else self._talk.deadlines.next

    def pass_on(self, pcm: bytes, now: float) -> bytes | None:
        """Take a microphone frame that is only to be sent, and return what is.

        Nearly all frames are such ones: `feed` would answer them with one `SendAudio`.
        None: the frame was not taken and is to be fed.
        """
        talk = self._talk
        if talk.started_at is None or talk.barge_in.is_doubtful or talk.is_over:
            return None
        passed_on = talk.microphone.pass_on(pcm)
        if passed_on is not None:
            talk.now = now
            talk.barge_in.hear(pcm)
        return passed_on

    def feed(self, event: ServerEvent | Signal, now: float) -> list[Action]:
        """Take what happened at `now` and return what to do, in order."""
        talk = self._talk
        if talk.is_over:
            return []
        talk.now = now
        if talk.started_at is None:
            talk.started_at = now
            talk.wait(Due.MAX_DURATION, talk.behaviour.max_duration)
        handler = HANDLERS.get(type(event))
        actions = list(handler(talk, event)) if handler else []
        if not isinstance(event, MicrophoneFrame | AudioDelta):
            actions.extend(self._catch_up())
        return actions

    def _catch_up(self) -> Iterator[Action]:
        """Do what has become due, then what follows from it all."""
        talk = self._talk
        for name in talk.deadlines.pop_due(talk.now):
            if not talk.is_over:
                yield from steering.on_due(talk, name)
        yield from steering.settle(talk)
