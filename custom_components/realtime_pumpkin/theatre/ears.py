"""What a visitor says, for whoever waits for a word of it."""

from collections.abc import Callable
from typing import override

from homeassistant.core import CALLBACK_TYPE

from ..realtime.events import ConversationUpdate, UserTranscript
from ..realtime.protocols import ConversationSession
from .act import Act, Stage


class Ears(Act):
    """Pass on what is heard, even where it is told to nobody else."""

    def __init__(self, stage: Stage, hear: Callable[[str], None]) -> None:
        """Listen to nobody yet."""
        super().__init__(stage)
        self._hear = hear
        self._stop: CALLBACK_TYPE | None = None

    @override
    async def async_open(self, session: ConversationSession) -> None:
        """Begin to listen."""
        self._stop = self.stage.events.listen_to_updates(self._updated)

    @override
    async def async_close(self) -> None:
        """Listen no more."""
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _updated(self, update: ConversationUpdate) -> None:
        """Pass the visitor's words on."""
        if isinstance(update, UserTranscript):
            self._hear(update.text)
