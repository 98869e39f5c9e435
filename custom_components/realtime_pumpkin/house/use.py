"""How everything of the house is used: guarded, confirmed, and on record."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.helpers.json import json_dumps
import probatio

from ..const import DOMAIN
from ..guard.guard import Guard
from ..guard.refusal import NotForStrangers
from ..realtime.calls import error_output
from ..realtime.events import ToolOutcome
from ..staging import HouseRules
from ..tools import Outcome, failed
from .consent import Consent
from .witness import Witness

ASK: Final = (
    "Not done yet. Ask the visitor for the words that confirm it, wait until they "
    "have answered, and call the same tool again. You do not know these words: "
    "guess none and name none."
)

NOT_FOR_STRANGERS: Final = "This is not for strangers. Nothing was done."

type Run = Callable[[Context], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Caller:
    """The voice that uses the house, in one conversation."""

    hass: HomeAssistant
    voice_id: str
    device_id: str | None
    rules: HouseRules
    guard: Guard
    consent: Consent
    cause: Context
    """The context of the conversation's events."""

    @property
    def assistant(self) -> str:
        """Return under which name entities are exposed to this voice alone."""
        return f"{DOMAIN}.{self.voice_id}"

    def llm_context(self, context: Context) -> llm.LLMContext:
        """Return who asks, as Home Assistant's tools want to know it."""
        return llm.LLMContext(
            platform=DOMAIN,
            context=context,
            language=self.hass.config.language,
            assistant=self.assistant,
            device_id=self.device_id,
        )

    async def async_use(self, entity_ids: Iterable[str], run: Run) -> Outcome:
        """Run something that uses entities, unless it is refused or unconfirmed."""
        entity_ids = tuple(entity_ids)
        try:
            self.guard.check(entity_ids)
            if not await self._async_confirmed(entity_ids):
                return Outcome(error_output(ASK), ToolOutcome.UNCONFIRMED)
            self.guard.check(entity_ids)  # The house may have changed meanwhile.
        except NotForStrangers as refusal:
            return refused(str(refusal))
        return await self._async_run(run)

    async def _async_confirmed(self, entity_ids: tuple[str, ...]) -> bool:
        """Tell whether nothing sensitive is touched, or the phrase was said."""
        marked = self.guard.marked_in(entity_ids, frozenset(self.rules.sensitive))
        return not marked or await self.consent.async_given(" ".join(sorted(marked)))

    async def _async_run(self, run: Run) -> Outcome:
        """Run it; return its result or why there is none."""
        strangers = self.rules.strangers
        with Witness(self.hass, self.cause, is_for_strangers=strangers) as witness:
            try:
                done = Outcome(json_dumps(await run(witness.context)))
            except (HomeAssistantError, probatio.Invalid) as error:
                done = failed(error)
        return replace(done, actions=tuple(witness.actions))


def refused(reason: str) -> Outcome:
    """Return what came of something that strangers may not do.

    The model learns no more: it would tell the visitor what the house has.
    """
    return Outcome(error_output(NOT_FOR_STRANGERS), ToolOutcome.REFUSED, reason=reason)
