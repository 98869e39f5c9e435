"""What a session asks the outside world to do, and what the world answers.

The core reads no clock and no socket: everything it wants leaves `feed` and
`wake` as one of these outputs, and comes back through `feed` as an input.
"""

from dataclasses import dataclass, field
from typing import Any

from .plan import Plan, ResponseRequest

type JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Send:
    """Send one event as one JSON text frame."""

    event: JsonObject


@dataclass(frozen=True, slots=True)
class SendText:
    """Send one event that is already encoded as JSON (UTF-8)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close the websocket with a code and a reason."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Drop the TCP connection without a closing handshake."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Stop reading and writing, but keep the connection open."""


@dataclass(frozen=True, slots=True)
class Hear:
    """Ask for the words in a user's audio; answer with `Heard`.

    `pcm` is s16le mono 24 kHz. `item_id` names the request.
    """

    item_id: str
    pcm: bytes = field(repr=False)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Speak:
    """Ask for the sound of one sentence; answer with `Spoken`.

    `speed` is 0.25 to 1.5. `request_id` names the request.
    """

    request_id: str
    text: str
    voice: str
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Think:
    """Ask an outside brain what to answer; answer with `Thought`."""

    response_id: str
    request: ResponseRequest


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of an item, or None (with a reason) when hearing failed."""

    item_id: str
    text: str | None
    error: str = "The audio could not be transcribed."


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sound of a sentence (s16le mono 24 kHz), or None when it failed."""

    request_id: str
    pcm: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Thought:
    """The plan for a response."""

    response_id: str
    plan: Plan


type Output = Send | SendText | Close | Cut | Stall | Hear | Speak | Think
type Input = JsonObject | str | bytes | Heard | Spoken | Thought
