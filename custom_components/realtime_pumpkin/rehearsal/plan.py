"""What a brain is asked and what it answers: a plan of one response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from .items import Item


class Reason(StrEnum):
    """Why a response begins."""

    TURN = "turn"
    """The user stopped speaking and turn detection answers."""
    TIMEOUT = "timeout"
    """Nobody spoke for `idle_timeout_ms`."""
    CREATE = "create"
    """The client sent `response.create`."""


@dataclass(frozen=True, slots=True)
class ResponseRequest:
    """Everything a brain may look at when it plans a response.

    `history` is the conversation (or the `input` of the response) in order;
    `news` are the items in it that no response has answered yet.
    """

    reason: Reason
    instructions: str
    tools: Sequence[Mapping[str, Any]] = ()
    tool_choice: str | Mapping[str, Any] = "auto"
    modalities: Sequence[str] = ("audio",)
    voice: str = "alloy"
    history: Sequence[Item] = ()
    news: Sequence[Item] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    out_of_band: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """One assistant message, spoken or written as the response's modality asks.

    Without `pcm` (s16le mono 24 kHz) the session's voice renders the text, or a
    tone of `duration_ms` (by default as long as the text takes to read) does.
    """

    text: str
    pcm: bytes | None = field(default=None, repr=False)
    duration_ms: int | None = None
    phase: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One function call; `arguments` is an object or the raw JSON text of one."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """The response ends well."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The response ends early: `max_output_tokens` or `content_filter`."""

    reason: str = "content_filter"


@dataclass(frozen=True, slots=True)
class Failed:
    """The response fails after what the plan still put out."""

    code: str | None = "server_error"
    message: str = "The server had an error while processing your request."
    type: str = "server_error"


type PlannedOutput = Say | Call
type Ending = Completed | Incomplete | Failed


@dataclass(frozen=True, slots=True)
class Plan:
    """The output items of one response and how it ends.

    `think_ms` overrules the server's thinking time before the first item.
    """

    outputs: tuple[PlannedOutput, ...] = ()
    ending: Ending = Completed()
    think_ms: int | None = None


class Brain(Protocol):
    """What decides the answers; pure, so that a conversation can be replayed."""

    def plan(self, request: ResponseRequest) -> Plan:
        """Return what a response consists of."""
        ...

    def hear(self, pcm: bytes) -> str | None:
        """Return the words in s16le mono 24 kHz audio, for sessions without ears."""
        ...
