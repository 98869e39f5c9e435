"""Triggers of the conversations of voices, aimed at voices, devices and areas."""

from collections.abc import Mapping
import functools
import re
from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetEntityChangeTracker, TargetSelection
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig
from homeassistant.helpers.trigger.models import TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType
import probatio

from .const import DOMAIN, BudgetPeriod, EventName
from .realtime.finish import EndReason
from .voices import voices_among

ATTR_GROUPS: Final = "groups"
CONF_BUDGET: Final = "budget"
CONF_PATTERN: Final = "pattern"
CONF_REASON: Final = "reason"
CONF_TEXT: Final = "text"
CONF_TOOL: Final = "tool"


def _schema(**options: Any) -> probatio.Schema:
    """Return the schema of a trigger whose options may all be left out."""
    fields = {probatio.Optional(name): check for name, check in options.items()}
    return probatio.Schema(
        {
            probatio.Required(CONF_TARGET): cv.TARGET_FIELDS,
            probatio.Required(CONF_OPTIONS, default={}): fields,
        }
    )


def _any_of(check: Any) -> probatio.All[Any]:
    """Return a check for one or several values."""
    return probatio.All(cv.ensure_list, probatio.Length(min=1), [check])


def _regex(value: Any) -> str:
    """Accept a regular expression, which stays a text."""
    pattern: str = cv.is_regex(value).pattern
    return pattern


class _TargetedVoices(TargetEntityChangeTracker):
    """The voices that a target means just now, also after areas changed."""

    entity_ids: frozenset[str] = frozenset()

    @callback
    @override
    def _handle_entities_update(self, tracked_entities: set[str]) -> None:
        """Remember the voices."""
        self.entity_ids = frozenset(tracked_entities)


class VoiceTrigger(Trigger):
    """Something happened to a voice; `trigger` holds the data of its event."""

    event_name: ClassVar[EventName]
    schema: ClassVar[probatio.Schema] = _schema()

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Check target and options."""
        return cast("ConfigType", cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take target and options."""
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options: Mapping[str, Any] = config.options or {}

    def match(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what to tell beside the event's data; None: it does not fire."""
        return {}

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action for each matching event of a voice of the target."""
        voices = _TargetedVoices(
            self._hass,
            TargetSelection(self._target),
            functools.partial(voices_among, self._hass),
        )

        @callback
        def on_event(event: Event) -> None:
            """Run the action if the event is meant."""
            if event.data[ATTR_ENTITY_ID] not in voices.entity_ids:
                return
            if (found := self.match(event.data)) is not None:
                said = (
                    f"{self.event_name.replace('_', ' ')} ({event.data['entity_id']})"
                )
                run_action({**event.data, **found}, said, event.context)

        stop_following = await voices.async_setup()
        stop_listening = self._hass.bus.async_listen(
            f"{DOMAIN}_{self.event_name}", on_event
        )

        @callback
        def detach() -> None:
            """Stop to listen."""
            stop_listening()
            stop_following()

        return detach


class OptionTrigger(VoiceTrigger):
    """A trigger with one option: it fires for the values that are chosen."""

    option: ClassVar[str]
    field: ClassVar[str]
    """What of the event's data has the value."""

    @override
    def match(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Fire for a chosen value, or for each where none is chosen."""
        chosen = self._options.get(self.option)
        return {} if chosen is None or data[self.field] in chosen else None


class WordsTrigger(VoiceTrigger):
    """A trigger by words: a text anywhere, whatever its case, or a pattern."""

    schema = _schema(text=_any_of(cv.string), pattern=_regex)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Prepare what to look for."""
        super().__init__(hass, config)
        texts = self._options.get(CONF_TEXT)
        self._texts = None if texts is None else [text.casefold() for text in texts]
        pattern = self._options.get(CONF_PATTERN)
        self._pattern = re.compile(pattern, re.IGNORECASE) if pattern else None

    @override
    def match(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Fire where all that is asked for is found; tell the pattern's groups."""
        words = data.get("text")
        if words is None:
            return None  # The voice keeps to itself what is said.
        if self._texts is not None and not self._has_text(words):
            return None
        if self._pattern is None:
            return {ATTR_GROUPS: []}
        found = self._pattern.search(words)
        return None if found is None else {ATTR_GROUPS: list(found.groups())}

    def _has_text(self, words: str) -> bool:
        """Tell whether one of the texts is in the words."""
        folded = words.casefold()
        return any(text in folded for text in self._texts or ())


class ConversationStarted(VoiceTrigger):
    """A voice began a conversation."""

    event_name = EventName.CONVERSATION_STARTED


class ConversationFinished(OptionTrigger):
    """A conversation is over; `reason` says why."""

    event_name = EventName.CONVERSATION_ENDED
    schema = _schema(reason=_any_of(probatio.In([why.value for why in EndReason])))
    option = CONF_REASON
    field = "reason"


class Heard(WordsTrigger):
    """A visitor said something."""

    event_name = EventName.USER_TRANSCRIPT


class Said(WordsTrigger):
    """A voice said something."""

    event_name = EventName.ASSISTANT_TRANSCRIPT


class ToolCalledTrigger(OptionTrigger):
    """The model called a tool."""

    event_name = EventName.TOOL_CALLED
    schema = _schema(tool=_any_of(cv.string))
    option = CONF_TOOL
    field = "name"


class InterruptedTrigger(VoiceTrigger):
    """A visitor spoke into an answer."""

    event_name = EventName.INTERRUPTED


class BudgetReachedTrigger(OptionTrigger):
    """A voice has spent its budget."""

    event_name = EventName.BUDGET_REACHED
    schema = _schema(budget=_any_of(probatio.In([one.value for one in BudgetPeriod])))
    option = CONF_BUDGET
    field = "budget"


TRIGGERS: Final[dict[str, type[VoiceTrigger]]] = {
    "budget_reached": BudgetReachedTrigger,
    "conversation_finished": ConversationFinished,
    "conversation_started": ConversationStarted,
    "heard": Heard,
    "interrupted": InterruptedTrigger,
    "said": Said,
    "tool_called": ToolCalledTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by their keys."""
    return dict(TRIGGERS)
