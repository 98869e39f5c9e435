"""What the rest of the integration sees of a conversation with a model.

Another wire protocol (one in which the model owns turn taking, say) stands beside
Realtime by meeting `ConversationSession`. The rehearsal stands further down: behind
`Account` and `Socket`, so that the same conversation runs over it.
"""

from typing import Protocol

from .events import ConversationUpdate, Phase, ToolCalled
from .usage import Usage


class Speaker(Protocol):
    """Where the session's sound goes: see `AudioSink` for the contract."""

    def begin(self, utterance: str) -> None:
        """Start an utterance behind those that still play."""

    def write(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz to the utterance begun last."""

    def finish(self) -> None:
        """Say that the utterance has no more audio."""

    def clear(self) -> int:
        """Fall silent at once; return how many ms of the utterance were heard."""


class SessionObserver(Protocol):
    """Whoever wants to know what happens in a conversation."""

    def conversation_updated(self, update: ConversationUpdate) -> None:
        """Hear of one thing that happened."""

    def phase_changed(self, phase: Phase) -> None:
        """Hear what the voice is doing now."""

    def tool_called(self, call: ToolCalled) -> None:
        """Run a tool and answer with `ConversationSession.tool_finished`."""


class ConversationSession(Protocol):
    """One conversation with a model, from its first socket to its end.

    Methods that are not async return at once and never raise.
    """

    @property
    def turns(self) -> int:
        """Return how many turns of the visitor were answered aloud."""

    @property
    def usage(self) -> Usage:
        """Return the tokens that were used."""

    def transcript(self) -> list[dict[str, str]]:
        """Return what was said, as `role` (user, assistant) and `text`."""

    async def open(self) -> None:
        """Open the first socket; raise `RealtimeError` where it cannot be had."""

    async def run(self) -> str:
        """Hold the conversation; return the reason for its end."""

    async def close(self) -> None:
        """Close what is open, within 2 s."""

    def hear(self, pcm: bytes) -> None:
        """Take a microphone frame: PCM s16le mono 24 kHz, 20 to 100 ms."""

    def add_message(self, role: str, text: str, *, respond: bool) -> None:
        """Put a message (role system or user) into the conversation."""

    def play_sound(self, pcm: bytes) -> bool:
        """Play PCM s16le mono 24 kHz behind what is being said.

        Returns whether it will be heard: not while a visitor has the floor.
        """

    def show(self, url: str, caption: str) -> None:
        """Let the model see a picture: a data URL, and what it is in words."""

    def tool_finished(self, call_id: str, output: str) -> None:
        """Give the model a tool's result, a JSON text."""

    def stop(self, reason: str, *, goodbye: bool) -> None:
        """End the conversation, after a spoken goodbye or at once."""

    def leave(self, reason: str, last_words: str) -> None:
        """End the conversation once what is being said was heard.

        `last_words` is what the model is told where it has said nothing yet.
        """

    def audio_started(self, utterance: str) -> None:
        """Hear from the speaker that an utterance became audible."""

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Hear from the speaker that an utterance was heard to its end."""

    def speaker_taken(self, is_taken: bool) -> None:
        """Hear from the speaker that somebody else plays there, or does no more."""
