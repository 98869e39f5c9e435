"""One part of the show, in one conversation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant

from ..links.meter import Ear, LevelFeed
from ..realtime.protocols import ConversationSession
from ..tools import Tool
from ..voice_events import VoiceEvents
from ..voice_state import VoiceState
from .ensemble import Seat


@dataclass(frozen=True, slots=True)
class Stage:
    """What every act of a voice has at hand."""

    hass: HomeAssistant
    events: VoiceEvents
    levels: LevelFeed
    """How loud the voice is heard, 25 times a second while there is sound."""

    seat: Seat
    """The voice's place among the others of its stage."""

    state: Callable[[], VoiceState]
    """What the voice is doing just now, and whether it may."""

    visitor: Ear = field(default_factory=lambda: Ear(LevelFeed()))
    """How loud visitors are, as the microphone hears them."""


class Act:
    """A part of the show that adds nothing; each kind adds what it is for.

    Made anew for each conversation. What it says of itself is asked for before the
    conversation opens, in the event loop.
    """

    def __init__(self, stage: Stage) -> None:
        """Begin nothing yet."""
        self.stage = stage

    @property
    def tools(self) -> Mapping[str, Tool]:
        """Return what the model may call because of this act, by name."""
        return {}

    @property
    def finish_arguments(self) -> Mapping[str, Any]:
        """Return what the finish tool is to tell as well: JSON schemas by name."""
        return {}

    @property
    def instructions(self) -> str:
        """Return what the model is told to be able to do."""
        return ""

    @property
    def context(self) -> Sequence[str]:
        """Return what the model is told before anybody speaks."""
        return ()

    async def async_open(self, session: ConversationSession) -> None:
        """Begin, side by side with microphone, speaker and socket."""

    async def async_close(self) -> None:
        """Give back what was taken; the conversation is over."""
