"""What happens to a voice, told on the bus, to its entities and as repairs."""

from collections.abc import Callable, Mapping
from copy import copy
import functools
from typing import Any, Final

from homeassistant.components.assist_satellite import DOMAIN as SATELLITE_DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .bus import ConversationEvent, EventListener, error_data, without_words
from .const import (
    ATTR_CONVERSATION_ID,
    CONF_TRANSCRIPTS,
    DOMAIN,
    LOGGER,
    VOICE_ENTITY,
    BudgetPeriod,
    EventName,
    Transcripts,
)
from .issues import Failure, async_raise_issue
from .limits import BudgetReached, MonthlyBudgetReached
from .realtime.errors import RealtimeError
from .realtime.events import ConversationUpdate

_STARTED: Final = f"{DOMAIN}_{EventName.CONVERSATION_STARTED}"

type UpdateListener = Callable[[ConversationUpdate], None]


class VoiceEvents:
    """One stream of events for each voice, named by its entity and device."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry
    ) -> None:
        """Tell nobody yet."""
        self._hass = hass
        self._entry = entry
        self._subentry = subentry
        self._listeners: list[EventListener] = []
        self._delta_listeners: list[EventListener] = []
        self._update_listeners: list[UpdateListener] = []
        self._contexts: dict[str, Context] = {}

    @callback
    def listen_to_updates(self, listener: UpdateListener) -> CALLBACK_TYPE:
        """Call the listener for all that happens, whatever events may tell."""
        self._update_listeners.append(listener)
        return functools.partial(self._update_listeners.remove, listener)

    def tell_update(self, update: ConversationUpdate) -> None:
        """Tell whoever has to know what really happened."""
        for listener in list(self._update_listeners):
            listener(update)

    @callback
    def listen_to_deltas(self, listener: EventListener) -> CALLBACK_TYPE:
        """Call the listener for each word as it is said, until unsubscribed."""
        self._delta_listeners.append(listener)
        return functools.partial(self._delta_listeners.remove, listener)

    def tell_delta(self, event: ConversationEvent) -> None:
        """Tell whoever listens to words; they come too fast for the bus."""
        if self._transcripts is Transcripts.NONE:
            return
        for listener in list(self._delta_listeners):
            listener(event)

    @callback
    def listen(self, listener: EventListener) -> CALLBACK_TYPE:
        """Call the listener for each event until unsubscribed."""
        self._listeners.append(listener)
        return functools.partial(self._listeners.remove, listener)

    def begin(self, conversation_id: str, cause: Context) -> None:
        """Have one context for all that is told of a conversation from now on.

        It is that of the action that started it, so Home Assistant knows what led
        to what; a new one where nothing did that Home Assistant knows of.
        """
        self._contexts[conversation_id] = cause
        if cause.origin_event is None:
            # Home Assistant makes no event that nobody listens to, so this might be
            # the end with all that was said; and each would hold the other until
            # garbage is collected.
            cause.origin_event = Event(_STARTED, context=copy(cause))

    @property
    def cause(self) -> Context | None:
        """Return the context of the conversation that began last, while it runs."""
        return next(reversed(self._contexts.values()), None)

    def fire(
        self, name: EventName, conversation_id: str | None, /, **data: Any
    ) -> None:
        """Fire an event on the bus and at whoever listens, each with what it may know.

        The bus is everybody's, and the recorder stores what it hears there.
        """
        data = {
            ATTR_CONVERSATION_ID: conversation_id,
            ATTR_ENTITY_ID: self.entity_id,
            ATTR_DEVICE_ID: self.device_id,
            **self.tellable(data),
        }
        on_bus = data if self._transcripts.in_events else without_words(data)
        context = self._contexts.get(conversation_id or "")
        self._hass.bus.async_fire(f"{DOMAIN}_{name}", on_bus, context=context)
        for listener in list(self._listeners):
            listener(ConversationEvent(name, data))
        if name is EventName.CONVERSATION_ENDED:
            self._contexts.pop(conversation_id or "", None)

    def tellable(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what anybody may be told of what happened."""
        is_secret = self._transcripts is Transcripts.NONE
        return without_words(data) if is_secret else data

    @property
    def _transcripts(self) -> Transcripts:
        """Return where words may appear."""
        return Transcripts(self._subentry.data.get(CONF_TRANSCRIPTS, Transcripts.ALL))

    def tell_budget(self, reached: BudgetReached, conversation_id: str | None) -> None:
        """Say that a budget is spent, in USD."""
        is_monthly = isinstance(reached, MonthlyBudgetReached)
        self.fire(
            EventName.BUDGET_REACHED,
            conversation_id,
            budget=BudgetPeriod.MONTHLY if is_monthly else BudgetPeriod.DAILY,
            spent_usd=round(reached.spent, 4),
            budget_usd=reached.budget,
        )

    def report(self, failure: Failure, conversation_id: str | None) -> None:
        """Say that a device or the account failed."""
        self.ask_for_help(failure)
        LOGGER.debug("%s: %s", self._subentry.title, type(failure).__name__)
        code, message = None, str(failure)
        if isinstance(failure, RealtimeError):
            code, message = failure.code, failure.message
        self.fire(
            EventName.ERROR,
            conversation_id,
            **error_data(failure.translation_key, code, message, is_fatal=True),
        )

    def ask_for_help(self, failure: Failure) -> None:
        """Raise a repair where only a person can mend what failed."""
        async_raise_issue(self._hass, failure, self._entry, self._subentry)

    @property
    def voice_id(self) -> str:
        """Return the id of the voice's subentry."""
        return self._subentry.subentry_id

    @property
    def entity_id(self) -> str | None:
        """Return the id of the entity that stands for the voice."""
        unique_id = f"{self._subentry.subentry_id}_{VOICE_ENTITY}"
        registry = er.async_get(self._hass)
        return registry.async_get_entity_id(SATELLITE_DOMAIN, DOMAIN, unique_id)

    @property
    def device_id(self) -> str | None:
        """Return the id of the voice's device."""
        entity_id = self.entity_id
        entity = er.async_get(self._hass).async_get(entity_id) if entity_id else None
        return entity.device_id if entity else None
