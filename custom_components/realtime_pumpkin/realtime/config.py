"""How a session is configured, as the service wants to read it."""

from dataclasses import dataclass
from typing import Any

PCM_24K: dict[str, Any] = {"type": "audio/pcm", "rate": 24000}


# The session answers and interrupts by itself: only so can a cough be told from
# a word, and no answer of the service's own collides with one that we ask for.
_OURS: dict[str, Any] = {"create_response": False, "interrupt_response": False}


@dataclass(frozen=True, slots=True)
class ServerVad:
    """Somebody speaks when it is loud, and has ended when it is silent.

    Every value is always sent: documented defaults and real ones differ.
    """

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500

    def as_dict(self) -> dict[str, Any]:
        """Return `audio.input.turn_detection`."""
        return {
            "type": "server_vad",
            "threshold": self.threshold,
            "prefix_padding_ms": self.prefix_padding_ms,
            "silence_duration_ms": self.silence_duration_ms,
            **_OURS,
        }


@dataclass(frozen=True, slots=True)
class SemanticVad:
    """Somebody has ended when what they said is a whole thought.

    `eagerness` is low, medium, high or auto: at most 8, 4, 2 or 4 s of waiting.
    """

    eagerness: str = "auto"

    def as_dict(self) -> dict[str, Any]:
        """Return `audio.input.turn_detection`."""
        return {"type": "semantic_vad", "eagerness": self.eagerness, **_OURS}


type TurnDetection = ServerVad | SemanticVad


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Who speaks, how it listens and what it may call."""

    instructions: str
    voice: str
    transcription_model: str
    language: str | None = None
    """The visitor's language as an ISO 639-1 code; None: whatever it is."""

    tools: tuple[dict[str, Any], ...] = ()
    turn_detection: TurnDetection = ServerVad()
    noise_reduction: str | None = "far_field"

    def as_dict(self) -> dict[str, Any]:
        """Return the `session` of a `session.update`."""
        return {
            "type": "realtime",
            "instructions": self.instructions,
            "output_modalities": ["audio"],
            "tools": list(self.tools),
            "tool_choice": "auto",
            "audio": {"input": self._input(), "output": self._output()},
        }

    def _input(self) -> dict[str, Any]:
        """Return `audio.input`."""
        noise = self.noise_reduction
        return {
            "format": PCM_24K,
            "turn_detection": self.turn_detection.as_dict(),
            "transcription": self._transcription(),
            "noise_reduction": {"type": noise} if noise else None,
        }

    def _transcription(self) -> dict[str, Any]:
        """Return `audio.input.transcription`."""
        hint = {"language": self.language} if self.language else {}
        return {"model": self.transcription_model, **hint}

    def _output(self) -> dict[str, Any]:
        """Return `audio.output`."""
        return {"format": PCM_24K, "voice": self.voice}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a conversation runs; durations in seconds, each of them a limit."""

    opening: str = ""
    """What the voice is told to open with; empty: it listens first."""

    context: tuple[str, ...] = ()
    """What the voice should know: who rang, the time."""

    listens: bool = True
    """There is a visitor; else the conversation ends once its opening was heard."""

    barge_in: bool = True
    """Speech interrupts the answer; else a half-duplex gate keeps it whole."""

    echo_tail: float = 0.4
    """How long the half-duplex gate stays closed after the last sound."""

    min_speech: float = 0.3
    """How much must be spoken into an answer before it counts; 0: any sound."""

    resume_after: float = 2.0
    """How long after an interruption without words the answer goes on."""

    trims_silence: bool = True
    """Answers begin without the silence that the model begins them with."""

    max_duration: float = 240.0
    """When the voice says goodbye whatever happens."""

    idle_timeout: float = 20.0
    """How long nobody needs to speak before the voice asks, then leaves."""

    finish_grace: float = 5.0
    """How long `finish_conversation` is ignored while nobody has spoken."""

    farewell_timeout: float = 12.0
    """How long a goodbye may take to become audible, and between sounds."""

    tool_timeout: float = 15.0
    """How long a tool may take before the model is told that it failed."""

    response_timeout: float = 10.0
    """How long a response may take to be created before it is given up."""

    stall_timeout: float = 20.0
    """How long a response that has begun may say nothing before it is given up."""

    speech_timeout: float = 20.0
    """How long the visitor may speak before the service has to show that it listens."""
