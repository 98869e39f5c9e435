"""How a server behaves where captures and documentation leave it open."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from .faults import Fault, FaultKind
from .vad import EnergyDetector, SpeechDetector


class TranscriptionOrder(StrEnum):
    """Where the transcript of a turn arrives, seen from the answer to it."""

    FREE = "free"
    """As soon as it is ready, `transcription_delay_ms` after hearing."""
    BEFORE = "before"
    """Before `response.created`."""
    AFTER = "after"
    """After `response.done`."""


class Source(StrEnum):
    """Who hears or speaks for a session."""

    INSIDE = "inside"
    """The brain's `hear`; a tone for speech."""
    OUTSIDE = "outside"
    """Whoever answers `Hear` and `Speak`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """The free choices of a server; the defaults follow the best evidence."""

    pace: float = 6.0
    """Seconds of audio sent per second; `inf` sends everything at once."""
    delta_ms: int = 200
    """Audio in one delta."""
    text_delta_ms: int = 15
    """Time between two written words or pieces of arguments."""
    think_ms: int = 0
    """Time between the understood turn and the first output item."""
    transcription_order: TranscriptionOrder = TranscriptionOrder.FREE
    transcription_delay_ms: int = 0
    vary: bool = False
    """Choose by seed wherever the protocol leaves an order open."""
    legacy_item_events: bool = False
    """Send `conversation.item.created` for `added` and `done`."""
    item_object: bool = True
    """Say `"object": "realtime.item"` in items."""
    echo_event_id: bool = True
    """Name the client's `event_id` in errors."""
    obfuscation: bool = True
    """Pad text-like deltas as the real service does."""
    silence_duration_ms: int = 200
    """Turn detection's silence where the client says nothing (documented: 500)."""
    cut_transcript: bool = False
    """Keep the heard part of a truncated transcript instead of dropping it."""
    rate_limit_tokens: int = 40_000
    rate_limits_delay_ms: int = 40
    max_session_s: float = 3600.0
    keep_audio_s: float = 600.0
    """Audio kept per conversation for `conversation.item.retrieve`."""
    models: frozenset[str] | None = None
    """Models served; None serves every name."""
    key: str | None = None
    """The only key accepted; None accepts every key, and none."""
    ears: Source = Source.INSIDE
    voices: Source = Source.INSIDE
    detector: Callable[[], SpeechDetector] = EnergyDetector
    finished: Callable[[bytes], bool] | None = None
    """Semantic turn detection's judge: is this audio (24 kHz) a whole thought?"""
    faults: tuple[Fault, ...] = ()


def with_faults(options: ServerOptions) -> ServerOptions:
    """Return options changed by those faults that are only settings."""
    for fault in options.faults:
        match fault.kind:
            case FaultKind.SLOW:
                options = replace(options, pace=float(fault.value or 1))
            case FaultKind.LATE_TRANSCRIPTION:
                delay = round(float(fault.value or 0))
                options = replace(options, transcription_delay_ms=delay)
            case FaultKind.EXPIRE:
                options = replace(options, max_session_s=float(fault.value or 0))
    return options
