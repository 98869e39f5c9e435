"""The two ends of a conversation's audio, and what each end can do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LinkCapabilities:
    """What a link's hardware allows a conversation to do."""

    full_duplex: bool
    """The microphone goes on while the speaker plays."""

    echo_cancelled: bool
    """The microphone does not hear the link's own speaker."""

    remote_start: bool
    """A conversation can be started without a wake word or a touch."""

    stop_latency_ms: int
    """How long after `clear` the speaker is still heard, in ms."""


class AudioSource(Protocol):
    """A microphone that streams until it is closed."""

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what the microphone's side of the link can do."""

    async def open(self) -> None:
        """Start the microphone; raise `LinkError` where it cannot be had."""

    def frames(self) -> AsyncIterator[bytes]:
        """Yield PCM s16le mono 24 kHz in frames of 20 to 100 ms.

        Ends when the user ended it at the device; raises `LinkError` when the
        microphone is lost for good.
        """

    async def close(self) -> None:
        """Stop the microphone and free the device; never raises."""


class SinkListener(Protocol):
    """Whoever wants to know what is heard."""

    def audio_started(self, utterance: str) -> None:
        """Hear that the first sample of an utterance became audible."""

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Hear that an utterance was heard to its end."""

    def audio_taken(self, is_taken: bool) -> None:
        """Hear that somebody else plays at the speaker, or does no more.

        What plays now is lost unless it is cleared, and written again when the
        speaker is free.
        """

    def audio_failed(self, error: Exception) -> None:
        """Hear that the speaker was lost; the conversation goes to its end."""


class AudioSink(Protocol):
    """A speaker that plays utterances one after the other.

    Every method but `open` and `close` is called on the event loop, returns at
    once and never raises: what is written is kept in a bounded buffer (five
    minutes of audio) and leaves it at the pace the player takes.
    """

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what the speaker's side of the link can do."""

    async def open(self, listener: SinkListener) -> None:
        """Make the speaker ready; raise `LinkError` where it cannot be had."""

    def begin(self, utterance: str) -> None:
        """Start an utterance; it is played after those before it."""

    def write(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz to the utterance that was begun last."""

    def finish(self) -> None:
        """Say that the utterance has no more audio; it plays to its end."""

    def heard_ms(self) -> int:
        """Return how many ms of the utterance now playing have been heard."""

    def clear(self) -> int:
        """Fall silent at once, drop all that is queued.

        Returns how many ms of the utterance that was playing have been heard or
        cannot be called back any more;
        its `audio_finished` is not called any more.
        """

    async def close(self) -> None:
        """Fall silent and free the device; never raises."""
