"""The session's configuration: defaults, validation and merging."""

from copy import deepcopy
from typing import Any

from .errors import voice_locked
from .outputs import JsonObject
from .schema import (
    Check,
    any_object,
    anything,
    array,
    boolean,
    bounded_text,
    by_key,
    cleared,
    either,
    fields,
    integer,
    literal,
    mapping,
    nullable,
    number,
    text,
)

DEFAULT_VOICE = "marin"
DEFAULT_INSTRUCTIONS = (
    "You are a helpful, witty, and friendly AI. Act like a human, but remember that"
    " you aren't a human. Talk quickly. Your voice should be warm and engaging."
)

AUDIO_FORMAT = by_key(
    "type",
    {
        "audio/pcm": fields({"type": text, "rate": integer(24_000, 24_000)}),
        "audio/pcmu": fields({"type": text}),
        "audio/pcma": fields({"type": text}),
    },
)
VOICE = either(fields({"id": text}, ("id",)), text)
MODALITIES = array(literal("text", "audio"), 2)
MAX_TOKENS = either(literal("inf"), integer(1, 4096))
METADATA = nullable(mapping(bounded_text(512), 16, 64))
_FUNCTION_TOOL = fields(
    {"type": text, "name": text, "description": text, "parameters": any_object},
    ("name",),
)
_MCP_TOOL = fields(
    {
        **dict.fromkeys(
            ("type", "server_label", "server_url", "connector_id", "tunnel_id"), text
        ),
        **dict.fromkeys(
            ("authorization", "headers", "allowed_tools", "require_approval"), anything
        ),
        **dict.fromkeys(
            ("defer_loading", "allowed_callers", "server_description"), anything
        ),
    },
    ("server_label",),
)
TOOLS = cleared(
    array(by_key("type", {"function": _FUNCTION_TOOL, "mcp": _MCP_TOOL})), list
)
TOOL_CHOICE = either(
    literal("auto", "none", "required"),
    by_key(
        "type",
        {
            "function": fields({"type": text, "name": text}, ("name",)),
            "mcp": fields(
                {"type": text, "server_label": text, "name": nullable(text)},
                ("server_label",),
            ),
        },
    ),
)
REASONING = nullable(
    fields({"effort": literal("minimal", "low", "medium", "high", "xhigh")})
)
_TURNS = {"type": text, "create_response": boolean, "interrupt_response": boolean}
TURN_DETECTION = by_key(
    "type",
    {
        "server_vad": fields(
            _TURNS
            | {
                "threshold": number(0, 1),
                "prefix_padding_ms": integer(0, 10_000),
                "silence_duration_ms": integer(0, 60_000),
                "idle_timeout_ms": nullable(integer(5000, 30_000)),
            }
        ),
        "semantic_vad": fields(
            _TURNS | {"eagerness": literal("low", "medium", "high", "auto")}
        ),
    },
)
_TRANSCRIPTION = fields(
    {
        "model": text,
        "language": nullable(text),
        "languages": nullable(array(text)),
        "prompt": nullable(text),
        "keywords": nullable(array(text)),
        "delay": anything,
    }
)
_INPUT = fields(
    {
        "format": AUDIO_FORMAT,
        "noise_reduction": nullable(
            fields({"type": literal("near_field", "far_field")}, ("type",))
        ),
        "transcription": nullable(_TRANSCRIPTION),
        "turn_detection": nullable(TURN_DETECTION),
    }
)
_TRUNCATION = either(
    literal("auto", "disabled"),
    fields(
        {
            "type": literal("retention_ratio"),
            "retention_ratio": number(0, 1),
            "token_limits": nullable(fields({"post_instructions": integer(0, 10**7)})),
        },
        ("type", "retention_ratio"),
    ),
)
_TRACING = nullable(
    either(
        literal("auto"),
        fields({"workflow_name": text, "group_id": text, "metadata": anything}),
    )
)
_INCLUDE = nullable(array(literal("item.input_audio_transcription.logprobs")))
_OUTPUT = fields({"format": AUDIO_FORMAT, "voice": VOICE, "speed": number(0.25, 1.5)})
_CHECKS: dict[str, Check] = {
    "realtime": fields(
        {
            "type": text,
            "model": text,
            "instructions": cleared(text, str),
            "output_modalities": MODALITIES,
            "max_output_tokens": MAX_TOKENS,
            "tool_choice": TOOL_CHOICE,
            "tools": TOOLS,
            "parallel_tool_calls": boolean,
            "reasoning": REASONING,
            "tracing": _TRACING,
            "truncation": _TRUNCATION,
            "include": _INCLUDE,
            "prompt": nullable(any_object),
            "audio": fields({"input": _INPUT, "output": _OUTPUT}),
        }
    ),
    "transcription": fields(
        {"type": text, "include": _INCLUDE, "audio": fields({"input": _INPUT})}
    ),
}
_CHECK = by_key("type", _CHECKS)
_TURN_DEFAULTS = {"create_response": True, "interrupt_response": True}


def default_session(
    model: str, *, silence_ms: int, intent: str = "realtime"
) -> JsonObject:
    """Return the configuration a session begins with."""
    listening = {
        "format": {"type": "audio/pcm", "rate": 24_000},
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": _complete({"type": "server_vad"}, silence_ms),
    }
    if intent == "transcription":
        return {"type": intent, "audio": {"input": listening}, "include": None}
    return {
        "type": "realtime",
        "model": model,
        "output_modalities": ["audio"],
        "instructions": DEFAULT_INSTRUCTIONS,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "audio": {
            "input": listening,
            "output": {
                "format": {"type": "audio/pcm", "rate": 24_000},
                "voice": DEFAULT_VOICE,
                "speed": 1.0,
            },
        },
        "include": None,
    }


def _complete(turn_detection: JsonObject, silence_ms: int) -> JsonObject:
    """Fill in what a turn detection does not say."""
    if turn_detection["type"] == "semantic_vad":
        return {"eagerness": "auto"} | _TURN_DEFAULTS | turn_detection
    defaults = {
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": silence_ms,
        "idle_timeout_ms": None,
    }
    return defaults | _TURN_DEFAULTS | turn_detection


def merged(current: Any, change: Any) -> Any:
    """Merge objects key by key; anything else, or another `type`, is replaced."""
    if not isinstance(current, dict) or not isinstance(change, dict):
        return deepcopy(change)
    if current.get("type") != change.get("type", current.get("type")):
        return deepcopy(change)
    both = {key: merged(current.get(key), each) for key, each in change.items()}
    return {**current, **both}


class SessionConfig:
    """The effective configuration of one session."""

    def __init__(self, model: str, silence_ms: int, intent: str = "realtime") -> None:
        """Start from the defaults."""
        self._silence_ms = silence_ms
        self._values = default_session(model, silence_ms=silence_ms, intent=intent)

    def update(self, change: Any, *, voice_is_locked: bool) -> None:
        """Apply a `session.update`, as a whole or not at all.

        Raises `ApiError` and changes nothing when any part of it is wrong.
        """
        checked = _CHECK(change, "session")
        literal(self._values["type"])(checked["type"], "session.type")
        # Clients send the model along; a connection keeps the one it has.
        checked.pop("model", None)
        updated = merged(self._values, checked)
        detection = updated["audio"]["input"]["turn_detection"]
        if detection is not None:
            detection = _complete(detection, self._silence_ms)
            updated["audio"]["input"]["turn_detection"] = detection
        if voice_is_locked and updated["audio"]["output"]["voice"] != self.voice:
            raise voice_locked()
        self._values = updated

    def wire(self) -> JsonObject:
        """Return a copy of the whole configuration."""
        return deepcopy(self._values)

    def __getitem__(self, key: str) -> Any:
        """Return one top-level value."""
        return self._values[key]

    def get(self, key: str) -> Any:
        """Return one top-level value, or None."""
        return self._values.get(key)

    @property
    def converses(self) -> bool:
        """Tell whether the session answers (and does not only transcribe)."""
        return bool(self._values["type"] == "realtime")

    @property
    def listening(self) -> JsonObject:
        """Return `audio.input`."""
        result: JsonObject = self._values["audio"]["input"]
        return result

    @property
    def speaking(self) -> JsonObject:
        """Return `audio.output`."""
        result: JsonObject = self._values["audio"]["output"]
        return result

    @property
    def voice(self) -> Any:
        """Return the voice's name, or its `{"id": …}`."""
        return self.speaking["voice"]

    @property
    def turn_detection(self) -> JsonObject | None:
        """Return how turns are detected; None leaves them to the client."""
        result: JsonObject | None = self.listening["turn_detection"]
        return result
