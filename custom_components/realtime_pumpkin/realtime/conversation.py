"""The parts of one conversation, and the small steps that several rooms take."""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Final

from .actions import Action, End, FinishUtterance, Notify, Send
from .barge_in import BargeIn
from .calls import ToolCalls
from .config import Behaviour, SessionConfig
from .deadlines import Deadlines
from .ending import Ending, Farewell
from .errors import ErrorKind, RealtimeError
from .events import AssistantTranscriptDelta, Failed
from .finish import EndReason
from .gate import ResponseGate
from .history import History, text_item
from .microphone import MicrophoneGate
from .playback import Playback
from .reconnection import Reconnection, Unfinished
from .sight import Sight
from .signals import Message
from .turns import Turns
from .usage import Usage

BUFFERED_MESSAGES = 20
HOPELESS: Final = {
    ErrorKind.QUOTA: EndReason.QUOTA,
    ErrorKind.AUTH: EndReason.AUTH,
    ErrorKind.MODEL: EndReason.MODEL,
}
"""What no other socket can mend, and how a conversation ends for it.

The address is not among them: it was right when the talk began.
"""


class Due(StrEnum):
    """What a conversation waits for."""

    CONFIGURED = "configured"
    ANSWER = "answer"
    SPEECH_COUNTS = "speech_counts"
    WORDS = "words"
    RENEWAL = "renewal"
    RESPONSE = "response"
    PROGRESS = "progress"
    SPEECH = "speech"
    SIGN_OF_LIFE = "sign_of_life"
    ECHO_GONE = "echo_gone"
    GO_ON = "go_on"
    IDLE = "idle"
    MAX_DURATION = "max_duration"
    FAREWELL = "farewell"


@dataclass(slots=True)
class Conversation:
    """Everything that is known of a conversation while it runs."""

    config: SessionConfig
    behaviour: Behaviour
    now: float = 0.0
    started_at: float | None = None
    epoch_offset: float = 0.0
    """Unix time minus `now`."""
    last_sound_at: float = -1e9
    first_sound_at: float = -1e9
    """When the voice became audible the last time."""
    progress_at: float = -1e9
    """When something of the response that is being made came the last time."""
    session_id: str = ""
    is_ready: bool = False
    has_begun: bool = False
    is_over: bool = False
    is_speaker_taken: bool = False
    """Somebody else plays at the speaker."""
    farewell_clocks: int = 0
    unanswered_requests: int = 0
    gate: ResponseGate = field(default_factory=ResponseGate)
    microphone: MicrophoneGate = field(default_factory=MicrophoneGate)
    playback: Playback = field(init=False)
    barge_in: BargeIn = field(default_factory=BargeIn)
    calls: ToolCalls = field(default_factory=ToolCalls)
    sight: Sight = field(default_factory=Sight)
    turns: Turns = field(default_factory=Turns)
    ending: Ending = field(default_factory=Ending)
    reconnection: Reconnection = field(default_factory=Reconnection)
    unfinished: Unfinished = Unfinished.NOTHING
    unwritten: AssistantTranscriptDelta | None = None
    """The last piece of an answer whose words are not complete yet."""
    deadlines: Deadlines = field(default_factory=Deadlines)
    history: History = field(default_factory=History)
    usage: Usage = field(default_factory=Usage)
    messages: deque[Message] = field(
        default_factory=lambda: deque(maxlen=BUFFERED_MESSAGES)
    )
    _line_ids: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Make what depends on how the conversation is to run."""
        self.playback = Playback(trims=self.behaviour.trims_silence)

    @property
    def duration(self) -> float:
        """Return for how many seconds the conversation has run."""
        return 0.0 if self.started_at is None else self.now - self.started_at

    @property
    def is_half_duplex(self) -> bool:
        """Tell whether the microphone is held shut while the voice is heard."""
        return not self.behaviour.barge_in or self.barge_in.hears_itself

    @property
    def is_answering(self) -> bool:
        """Tell whether an answer is expected, made or still to be heard."""
        is_due = Due.ANSWER in self.deadlines or Due.GO_ON in self.deadlines
        is_expected = is_due or self.gate.is_busy or self.calls.is_waiting
        return is_expected or not self.playback.is_silent

    def wait(self, name: Hashable, seconds: float) -> None:
        """Make a name due in so many seconds."""
        self.deadlines.set(name, self.now + seconds)

    def inject(self, role: str, text: str) -> Iterator[Action]:
        """Put a text into the conversation that a new session is told again."""
        self.note(role, text)
        yield from self.direct(role, text)

    def note(self, role: str, text: str) -> None:
        """Keep a text that only a new session is told."""
        self.history.write(role, f"line_{next(self._line_ids)}", text)

    def direct(self, role: str, text: str) -> Iterator[Action]:
        """Put a text into the session that only matters now."""
        item = text_item(role, text)
        yield Send({"type": "conversation.item.create", "item": item})

    def fail(self, error: RealtimeError) -> Iterator[Action]:
        """End for a reason that trying again cannot change."""
        yield from self.complain(error, fatal=True)
        yield from self.leave(HOPELESS.get(error.kind, EndReason.ERROR))

    def leave(self, reason: str) -> Iterator[Action]:
        """End without another word, once what was received has been heard."""
        self.gate.drop()
        if self.playback.end_all():
            yield FinishUtterance()
        self.ending.begin(reason, Farewell.SAID)
        self.ending.give_up()

    def complain(
        self, error: RealtimeError, *, fatal: bool = False
    ) -> Iterator[Action]:
        """Say what went wrong."""
        yield Notify(Failed(error.kind, error.code, error.message, fatal))

    def end(self, reason: str) -> Iterator[Action]:
        """End now; nothing is done any more after this."""
        if not self.is_over:
            self.is_over = True
            yield End(self.ending.reason or reason)
