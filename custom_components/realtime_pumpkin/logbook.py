"""What the logbook says of conversations.

What was said is quoted where the voice tells it in events at all. What happens
many times in a sentence is left out.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, BudgetPeriod, EventName
from .realtime.events import ToolOutcome

type Data = Mapping[str, Any]
type Describe = Callable[[str, str, Callable[[Event], dict[str, str]]], None]

_REASONS: Final[Mapping[str, str]] = {
    "finished": "",
    "said": ": everything was said",
    "stopped": ": it was stopped",
    "restarted": ": somebody else rang, and another began",
    "idle": ": nobody spoke",
    "max_duration": ": it reached its longest duration",
    "user_ended": ": the visitor ended it",
    "taken_over": ": something else took the satellite",
    "handed_over": ": another voice went on",
    "microphone_lost": ": the microphone was lost",
    "speaker_lost": ": the speaker was lost",
    "connection_lost": ": the connection to the server was lost",
    "quota": ": the account has no credit left",
    "auth": ": the server refused the key",
    "model": ": the server refused the model",
    "start_failed": ": it could not start",
    "unloaded": ": the voice was reloaded or removed",
    "error": ": something went wrong",
}


def _ended(data: Data) -> str:
    """Tell how long a conversation was and why it ended."""
    seconds = round(data.get("duration") or 0)
    return f"ended a conversation after {seconds} s{_REASONS.get(data['reason'], '')}"


def _quoted(verb: str, otherwise: str, data: Data) -> str:
    """Quote what was said, where it is told."""
    text = data.get("text")
    return f"{verb} “{text}”" if text else otherwise


def _heard(data: Data) -> str:
    """Tell what a visitor said."""
    return _quoted("heard", "heard a visitor", data)


def _said(data: Data) -> str:
    """Tell what the voice said."""
    return _quoted("said", "said something", data)


def _tool_called(data: Data) -> str:
    """Name the tool; its arguments may hold what was said."""
    return f"called the tool {data['name']}"


_OUTCOMES: Final[Mapping[str, str]] = {
    "done": "used the tool {name}",
    "failed": "failed with the tool {name}",
    "refused": "was not allowed to use the tool {name}",
    "unconfirmed": "waits for the confirmation phrase before it uses the tool {name}",
}


def _tool_finished(data: Data) -> str:
    """Tell what came of a tool, and what Home Assistant did for it."""
    told = _OUTCOMES[data["outcome"]].format(name=data["name"])
    is_refused = data["outcome"] == ToolOutcome.REFUSED
    more = data["reason"] if is_refused else ", ".join(data["actions"])
    return f"{told}: {more}" if more else told


def _failed(data: Data) -> str:
    """Name the kind of the error; the server's words may hold anything."""
    return f"had a problem: {str(data['kind']).replace('_', ' ')}"


def _budget_reached(data: Data) -> str:
    """Tell which budget is spent."""
    period = "month" if data["budget"] == BudgetPeriod.MONTHLY else "day"
    return f"has spent its {data['budget_usd']:.2f} USD of the {period}"


def _night_ended(data: Data) -> str:
    """Tell how many visitors there were; the summaries are for automations."""
    visitors = data["visitors"]
    return f"forgot a night with {visitors} visitor{'' if visitors == 1 else 's'}"


_MESSAGES: Final[Mapping[EventName, Callable[[Data], str]]] = {
    EventName.CONVERSATION_STARTED: lambda _: "started a conversation",
    EventName.USER_TRANSCRIPT: _heard,
    EventName.ASSISTANT_TRANSCRIPT: _said,
    EventName.INTERRUPTED: lambda _: "was interrupted",
    EventName.TOOL_CALLED: _tool_called,
    EventName.TOOL_FINISHED: _tool_finished,
    EventName.CONVERSATION_ENDED: _ended,
    EventName.BUDGET_REACHED: _budget_reached,
    EventName.NIGHT_ENDED: _night_ended,
    EventName.ERROR: _failed,
}


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Describe) -> None:
    """Say which events of ours the logbook shows, and how."""

    def description(
        message: Callable[[Data], str],
    ) -> Callable[[Event], dict[str, str]]:
        """Return what describes an event with a message."""

        @callback
        def describe(event: Event) -> dict[str, str]:
            """Return name, sentence and entity of an event."""
            entity_id = event.data.get(ATTR_ENTITY_ID)
            state = hass.states.get(entity_id) if entity_id else None
            described = {
                LOGBOOK_ENTRY_NAME: state.name if state else "Realtime Pumpkin",
                LOGBOOK_ENTRY_MESSAGE: message(event.data),
            }
            if entity_id:
                described[LOGBOOK_ENTRY_ENTITY_ID] = entity_id
            return described

        return describe

    for name, message in _MESSAGES.items():
        async_describe_event(DOMAIN, f"{DOMAIN}_{name}", description(message))
