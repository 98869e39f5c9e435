"""The answer to one turn: its words and its sound, which may take some responses."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from .errors import RealtimeError
from .events import FunctionCall, ResponseDone
from .feed import Feed

LONGEST_PIECES: Final = 10_000
"""At 50 ms or more each, that are eight minutes of sound."""

LONGEST_SOUND: Final = 8 * 60 * 48_000
"""Bytes, which are as much."""

LONGEST_TEXT: Final = 64_000
MOST_CALLS: Final = 64


@dataclass(frozen=True, slots=True)
class ResponseEnded:
    """One response is complete, with what the model wants called."""

    calls: tuple[FunctionCall, ...]


class Turn:
    """What the model makes of one turn, read while it is still being made.

    `sound` is PCM s16le mono 24 kHz; a written answer has none.
    """

    def __init__(self, *, is_spoken: bool) -> None:
        """Begin with nothing said."""
        self.is_spoken = is_spoken
        self.is_finished = False
        """The model has ended the conversation with it."""

        self.text = ""
        self.sound: Feed[bytes] = Feed(LONGEST_PIECES)
        self.response_id: str | None = None
        self._pieces: Feed[str | ResponseEnded] = Feed(LONGEST_PIECES)
        self._calls: list[FunctionCall] = []
        self._sounded = 0

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more comes."""
        return self._pieces.is_over

    def pieces(self) -> AsyncIterator[str | ResponseEnded]:
        """Yield words as they are said, and the end of each response."""
        return self._pieces.read()

    async def until_response(self) -> None:
        """Return once a response is complete; raise `RealtimeError` where it fails."""
        async for piece in self.pieces():
            if isinstance(piece, ResponseEnded):
                return

    def say(self, words: str) -> None:
        """Add words."""
        if words and len(self.text) + len(words) <= LONGEST_TEXT:
            self.text += words
            self._pieces.put(words)

    def call(self, call: FunctionCall) -> None:
        """Note what the model wants called."""
        if len(self._calls) < MOST_CALLS:
            self._calls.append(call)

    def sounds(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz."""
        if self._sounded + len(pcm) <= LONGEST_SOUND:
            self._sounded += len(pcm)
            self.sound.put(pcm)

    def response_done(self, done: ResponseDone) -> None:
        """Close one response, or the whole turn where it failed."""
        if done.status not in ("completed", "incomplete"):
            self.end(_failure(done))
            return
        calls, self._calls = tuple(self._calls), []
        self._pieces.put(ResponseEnded(calls))

    def end(self, error: RealtimeError | None = None) -> None:
        """Close the turn; an error is raised at whoever reads its words.

        What there is of its sound is heard.
        """
        self._pieces.end(error)
        self.sound.end()


def _failure(done: ResponseDone) -> RealtimeError:
    """Return why a response was not completed."""
    error: dict[str, Any] = {
        "code": done.error_code,
        "type": done.error_type,
        "message": done.error_message or f"The answer ended: {done.status}",
    }
    return RealtimeError.from_payload(error)
