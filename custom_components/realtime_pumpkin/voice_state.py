"""Everything that entities may show of a voice just now."""

from dataclasses import dataclass, replace

from .const import Connection
from .realtime.events import Phase


@dataclass(frozen=True, slots=True)
class VoiceState:
    """What a voice is doing, and whether it may."""

    phase: Phase = Phase.IDLE
    conversation_id: str | None = None
    connection: Connection = Connection.CLOSED
    end_reason: str | None = None
    """Why the last conversation ended."""

    is_enabled: bool = True
    is_muted: bool = False
    is_watching: bool = True
    """It may look through its camera, where it has one."""

    def started(self, conversation_id: str) -> VoiceState:
        """Return the state at the beginning of a conversation."""
        return replace(
            self,
            phase=Phase.PROCESSING,
            conversation_id=conversation_id,
            connection=Connection.CONNECTING,
        )

    def ended(self, reason: str) -> VoiceState:
        """Return the state after a conversation."""
        return replace(
            self,
            phase=Phase.IDLE,
            conversation_id=None,
            connection=Connection.CLOSED,
            end_reason=reason,
        )
