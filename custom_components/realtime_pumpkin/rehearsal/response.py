"""One response: its settings and how it looks on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .config import SessionConfig
from .items import Item
from .outputs import JsonObject
from .plan import Completed, Ending, Failed, Incomplete, Reason
from .usage import Tokens, count


@dataclass(slots=True, kw_only=True)
class Response:
    """A response in progress or done; the settings are already effective."""

    id: str
    reason: Reason
    conversation_id: str | None
    """None for a response out of band, which leaves no trace in the conversation."""
    instructions: str
    modalities: list[str]
    voice: Any
    audio_format: JsonObject
    speed: float
    tools: list[JsonObject]
    tool_choice: str | JsonObject
    max_output_tokens: int | str
    metadata: JsonObject | None
    overrides: JsonObject
    input: list[Item] | None = None
    items: list[Item] = field(default_factory=list)
    status: str = "in_progress"
    status_details: JsonObject | None = None
    usage: JsonObject | None = None

    @property
    def out_of_band(self) -> bool:
        """Tell whether the conversation does not take part."""
        return self.conversation_id is None

    @property
    def speaks(self) -> bool:
        """Tell whether messages are spoken."""
        return "audio" in self.modalities

    @property
    def voice_name(self) -> str:
        """Return the voice as one word."""
        return str(self.voice["id"] if isinstance(self.voice, dict) else self.voice)

    def written(self) -> Tokens:
        """Return the tokens put out so far."""
        return count(self.items)

    def playback_ms(self) -> int:
        """Return how long the audio put out so far plays."""
        return sum(part.spoken_ms for item in self.items for part in item.parts)

    def end(self, ending: Ending) -> None:
        """Note how the response ended."""
        match ending:
            case Completed():
                self.status = "completed"
            case Incomplete(reason):
                self.status = "incomplete"
                self.status_details = {"type": "incomplete", "reason": reason}
            case Failed():
                self.status = "failed"
                error = {
                    "type": ending.type,
                    "code": ending.code,
                    "message": ending.message,
                }
                self.status_details = {"type": "failed", "error": error}

    def cancel(self, reason: str) -> None:
        """Note that the response was cut short."""
        self.status = "cancelled"
        self.status_details = {"type": "cancelled", "reason": reason}

    def wire(self, *, with_object: bool = True) -> JsonObject:
        """Return the response as JSON."""
        output = {"format": self.audio_format, "voice": self.voice}
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": self.status,
            "status_details": self.status_details,
            "output": [item.wire(with_object=with_object) for item in self.items],
            "conversation_id": self.conversation_id,
            "output_modalities": self.modalities,
            "max_output_tokens": self.max_output_tokens,
            "audio": {"output": output},
            "usage": self.usage,
            "metadata": self.metadata,
        }


def new_response(
    response_id: str,
    reason: Reason,
    config: SessionConfig,
    conversation_id: str,
    overrides: Mapping[str, Any],
) -> Response:
    """Return a response with the session's settings, as far as not overridden."""
    output = config.speaking | overrides.get("audio", {}).get("output", {})
    out_of_band = overrides.get("conversation") == "none"

    def setting(key: str) -> Any:
        return overrides[key] if key in overrides else config[key]

    return Response(
        id=response_id,
        reason=reason,
        conversation_id=None if out_of_band else conversation_id,
        instructions=setting("instructions") or "",
        modalities=setting("output_modalities"),
        voice=output["voice"],
        audio_format=output["format"],
        speed=output["speed"],
        tools=setting("tools"),
        tool_choice=setting("tool_choice"),
        max_output_tokens=setting("max_output_tokens"),
        metadata=overrides.get("metadata"),
        overrides=dict(overrides),
    )
