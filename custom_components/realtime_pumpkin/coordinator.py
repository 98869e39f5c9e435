"""The only owner of a voice's conversation and the only source of its state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .const import LOGGER, EventName
from .options import VoiceOptions


class Phase(StrEnum):
    """What the voice is doing, as seen from the porch."""

    IDLE = "idle"
    LISTENING = "listening"
    PROCESSING = "processing"
    RESPONDING = "responding"


@dataclass(frozen=True, slots=True)
class VoiceState:
    """Everything that entities may show."""

    phase: Phase = Phase.IDLE
    conversation_id: str | None = None
    available: bool = True


@dataclass(frozen=True, slots=True)
class ConversationEvent:
    """One thing that happened, as automations and the event entity see it."""

    name: EventName
    data: Mapping[str, Any] = field(default_factory=dict)


type EventListener = Callable[[ConversationEvent], None]


class VoiceCoordinator(DataUpdateCoordinator[VoiceState]):
    """Join link, session and Home Assistant for one voice."""

    config_entry: ConfigEntry[Any]

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry
    ) -> None:
        """Read the voice's options; nothing is opened before a conversation."""
        super().__init__(hass, LOGGER, config_entry=entry, name=subentry.title)
        self.subentry = subentry
        self.options = VoiceOptions.from_subentry(subentry.title, subentry.data)
        self.data = VoiceState()

    def listen(self, listener: EventListener) -> CALLBACK_TYPE:
        """Call the listener for each conversation event until unsubscribed."""
        raise NotImplementedError

    async def async_start_conversation(
        self,
        *,
        opening: str | None = None,
        instructions: str | None = None,
        context: str | None = None,
    ) -> str:
        """Start a conversation and return its id once the microphone is open.

        Raises a translated `HomeAssistantError` where it cannot start.
        """
        raise NotImplementedError

    async def async_stop_conversation(self, *, goodbye: bool = True) -> None:
        """End the conversation, with a spoken goodbye or at once."""
        raise NotImplementedError

    async def async_add_message(self, *, role: str, text: str, respond: bool) -> None:
        """Put a message into the running conversation (role system or user)."""
        raise NotImplementedError

    @override
    async def async_shutdown(self) -> None:
        """End a running conversation at once; nothing of it stays behind."""
        await super().async_shutdown()
