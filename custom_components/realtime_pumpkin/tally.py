"""What happened in a voice's conversations, counted for its entities.

It lives as long as the voice is loaded: words that visitors said are not stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .bus import ConversationEvent
from .const import EventName, TurnDetection
from .options import VoiceOptions
from .realtime.events import Phase
from .voice_state import VoiceState

LONGEST_RESPONSE_S: Final = 12.0
"""What is heard later than that answers something else."""

_NOBODY_SPEAKS: Final = frozenset(
    {
        EventName.CONVERSATION_STARTED,
        EventName.SESSION_STARTED,
        EventName.SPEECH_STOPPED,
        EventName.CONVERSATION_ENDED,
    }
)
_NOT_AN_ANSWER: Final = frozenset(
    {
        EventName.CONVERSATION_STARTED,
        EventName.RESUMED,
        EventName.SESSION_STARTED,
        EventName.SPEECH_STARTED,
    }
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What entities show of the conversations so far."""

    last_heard: str | None = None
    last_said: str | None = None
    response_ms: int | None = None
    """From the end of what the visitor said to the first sound of the answer."""

    is_visitor_speaking: bool = False
    last_error: str | None = None
    """The kind of it, such as `account_quota`; never the server's own words."""

    last_error_at: datetime | None = None


class Talking(Protocol):
    """What a tally asks and tells a voice."""

    @property
    def data(self) -> VoiceState:
        """Return what the voice is doing."""

    @property
    def options(self) -> VoiceOptions:
        """Return how the voice is set."""

    def async_update_listeners(self) -> None:
        """Hear that the tally changed."""


class RunningTally:
    """A tally that follows the events of a voice."""

    def __init__(self, voice: Talking, clock: Callable[[], float]) -> None:
        """Start with nothing; `clock` is in seconds and never goes back."""
        self.data = Tally()
        self._voice = voice
        self._clock = clock
        self._spoken_at: float | None = None

    @callback
    def hear(self, event: ConversationEvent) -> None:
        """Count what happened, and tell where it changed something."""
        before = self.data
        if event.name in _NOBODY_SPEAKS:
            self._note(is_visitor_speaking=False)
        if event.name in _NOT_AN_ANSWER:
            self._spoken_at = None
        self._count(event)
        if self.data != before:
            self._voice.async_update_listeners()

    def _count(self, event: ConversationEvent) -> None:
        """Count what one event says."""
        match event.name:
            case EventName.SPEECH_STARTED:
                self._note(is_visitor_speaking=True)
            case EventName.SPEECH_STOPPED:
                self._speech_stopped()
            case EventName.AUDIO_STARTED:
                self._audio_started()
            case EventName.USER_TRANSCRIPT:
                self._note(last_heard=event.data.get("text"))
            case EventName.ASSISTANT_TRANSCRIPT:
                self._note(last_said=event.data.get("text"))
            case EventName.ERROR:
                kind = event.data.get("kind")
                self._note(last_error=kind, last_error_at=dt_util.utcnow())

    def _speech_stopped(self) -> None:
        """Note when the visitor ended; a sound into an answer asks for none."""
        if self._voice.data.phase is Phase.RESPONDING:
            return
        turns = self._voice.options.turns
        # Silence is what told the service, so the last word is that much older.
        is_silence = turns.turn_detection is TurnDetection.SERVER_VAD
        waited_ms = turns.silence_duration_ms if is_silence else 0
        self._spoken_at = self._clock() - waited_ms / 1000

    def _audio_started(self) -> None:
        """Measure how long the visitor waited for this sound."""
        spoken_at, self._spoken_at = self._spoken_at, None
        if spoken_at is None:
            return
        seconds = self._clock() - spoken_at
        if seconds <= LONGEST_RESPONSE_S:
            self._note(response_ms=round(seconds * 1000))

    def _note(self, **changes: Any) -> None:
        """Change the tally."""
        self.data = replace(self.data, **changes)
