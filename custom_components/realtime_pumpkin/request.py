"""What somebody asks of a voice when a conversation is to start."""

from dataclasses import dataclass, field
from typing import Final

from homeassistant.core import Context

from .const import BusyPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRequest:
    """One conversation, as it was asked for; what is None is as the voice has it."""

    opening: str | None = None
    """The line to open with, in persona; empty: the voice listens first."""

    direction: str | None = None
    """What the model is told to begin with, instead of an opening line."""

    instructions: str | None = None
    """Further instructions, for this once."""

    context: str | None = None
    """What the voice should know: who rang, what the camera saw."""

    busy: BusyPolicy | None = None
    """What happens while another conversation runs."""

    in_browser: bool = False
    """It is held in the browser for once, wherever the voice's devices are."""

    listens: bool = True
    """There is somebody to talk with; else something is said and that is all."""

    hand_overs: int = 0
    """How often the visitor was handed from voice to voice before it."""

    cause: Context | None = field(default=None, compare=False)
    """The context of the action that asks; who asks changes nothing of what is asked."""


AS_USUAL: Final = ConversationRequest()
"""Nothing special is asked for."""
