"""What the turns of a voice are made with."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from homeassistant.core import Context, HomeAssistant

from ..admission import Admission
from ..answering import Answering
from ..house.consent import Consent
from ..house.tools import HouseTools, async_house_tools
from ..issues import as_validation_error
from ..limits import SwitchedOff
from ..options import VoiceOptions
from ..realtime.connection import Connect
from ..realtime.usage import Usage
from ..voice_events import VoiceEvents

type Spawn = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """One voice as its turns know it."""

    hass: HomeAssistant
    connect: Connect
    admission: Admission
    events: VoiceEvents
    spawn: Spawn
    options: Callable[[], VoiceOptions]
    """How the voice is set now."""

    answering: Callable[[str], Answering]
    """What to ask of the model for a turn of a conversation in Assist, by its id."""

    is_enabled: Callable[[], bool]
    on_spent: Callable[[], None]
    """Called when the books have changed."""

    def admit(self) -> None:
        """Raise `ServiceValidationError` where the voice may not answer now."""
        if not self.is_enabled():
            raise as_validation_error(SwitchedOff())
        self.admission.check_budget(self.options().limits)

    def admit_conversation(self) -> None:
        """Raise `ServiceValidationError` where no conversation may begin now.

        The cooldown is the door's: it is for rings, here somebody goes on asking.
        """
        self.admit()
        self.admission.check(self.options().limits, cools_down=False)

    def used(self, usage: Usage, model: str, *, conversations: int = 0) -> None:
        """Put into the books what one response cost, with what it is the first of."""
        cost = usage.cost(model)
        self.admission.used(usage.tokens, cost, conversations=conversations)
        self.on_spent()

    async def async_house(self, cause: Context, consent: Consent) -> HouseTools:
        """Return what the model may use of the house."""
        return await async_house_tools(
            self.hass, self.options(), self.events, cause, consent
        )
