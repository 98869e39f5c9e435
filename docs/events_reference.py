"""Write the reference of the events into `events.md`, from what the code fires.

Names and occasions are `EventName`'s, fields and examples come out of the code that
makes the events of a conversation. Run `script/docs` after a change of them.
"""

import ast
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
import inspect
import json
from pathlib import Path
from typing import Any, Final

from custom_components.realtime_pumpkin import const
from custom_components.realtime_pumpkin.bus import error_data, event_of
from custom_components.realtime_pumpkin.const import DOMAIN, BudgetPeriod, EventName
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind
from custom_components.realtime_pumpkin.realtime.events import (
    AssistantTranscript,
    AssistantTranscriptDelta,
    AudioStarted,
    ConversationUpdate,
    Finished,
    Interrupted,
    ItemFinished,
    Paused,
    Resumed,
    SessionStarted,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
    ToolFinished,
    ToolOutcome,
    UserTranscript,
)
from custom_components.realtime_pumpkin.realtime.finish import EndReason
from custom_components.realtime_pumpkin.realtime.history import History
from custom_components.realtime_pumpkin.realtime.usage import Usage
from custom_components.realtime_pumpkin.theatre.night import Conversation, Night

PAGE: Final = Path(__file__).with_name("events.md")
BEGIN: Final = "<!-- script/docs writes what follows. -->"
END: Final = "<!-- What script/docs writes ends here. -->"

COMMON: Final = {
    "conversation_id": "01kb3v0qxpv1d7a3m2yq8w4n5t",
    "entity_id": "assist_satellite.pumpkin",
    "device_id": "5f1c7b2e9d3a4f60",
}
_UPDATES: Final[tuple[ConversationUpdate, ...]] = (
    SessionStarted("sess_C9vW", resumed=False),
    SpeechStarted("item_C9w1", 4120),
    SpeechStopped("item_C9w1", 5560),
    UserTranscript("item_C9w1", "Trick or treat!"),
    AssistantTranscriptDelta("resp_C9w2", "item_C9w3", "What has "),
    AssistantTranscript("resp_C9w2", "item_C9w3", "What has teeth and cannot bite?"),
    AudioStarted("resp_C9w2"),
    Paused("resp_C9w2", 860),
    Interrupted("resp_C9w2", 860),
    Resumed("resp_C9w2", 1240),
    ItemFinished("resp_C9w2", "item_C9w3", "message", "completed"),
    ToolCalled("call_C9w4", "fog_machine", {"seconds": 3}),
    ToolFinished("call_C9w4", "fog_machine", ToolOutcome.DONE, ("script.turn_on",), ""),
    Finished("done", "A witch who knew the riddle of the comb."),
)
_CANDY: Final = "A witch who knew the riddle of the comb."
_NIGHT: Final = datetime(2026, 10, 31, 18, 2, tzinfo=UTC).timestamp()


def _ended() -> dict[str, Any]:
    """Return what is told of a conversation that is over."""
    history, usage = History(), Usage()
    history.write("assistant", "item_1", "What has teeth and cannot bite?")
    history.write("user", "item_2", "A comb!")
    input_tokens = {"text_tokens": 412, "audio_tokens": 61}
    output_tokens = {"text_tokens": 34, "audio_tokens": 118}
    usage.add(
        {"input_token_details": input_tokens, "output_token_details": output_tokens}
    )
    return {
        "reason": EndReason.FINISHED.value,
        "duration": 24.6,
        "turns": 1,
        "transcript": history.transcript(),
        "tokens": dict(usage.tokens),
        "cost_usd": usage.cost(const.DEFAULT_MODEL),
    }


def _night() -> dict[str, Any]:
    """Return what is told of a night that is over."""
    talk = Conversation(_NIGHT, 24.6, 0.003, was_heard=True, summary=_CANDY)
    later = Conversation(
        _NIGHT + 5400, 31.0, 0.004, was_heard=True, jokes=("The comb",)
    )
    return Night(_NIGHT - 60).plus(talk).plus(later).summary()


def examples() -> dict[EventName, Mapping[str, Any]]:
    """Return an example of each event, as it is fired for a voice."""
    told = [event_of(update) for update in _UPDATES]
    fired = {event.name: event.data for event in told if event is not None}
    message = "You exceeded your current quota."
    kind = ErrorKind.QUOTA.translation_key
    fired |= {
        EventName.CONVERSATION_STARTED: {},
        EventName.CONVERSATION_ENDED: _ended(),
        EventName.BUDGET_REACHED: {
            "budget": BudgetPeriod.DAILY.value,
            "spent_usd": 2.0143,
            "budget_usd": 2.0,
        },
        EventName.NIGHT_ENDED: _night(),
        EventName.ERROR: error_data(kind, "insufficient_quota", message, True),
    }
    return {name: COMMON | dict(fired[name]) for name in EventName}


_NONE: Final = "; none in a conversation [turn by turn](assist.md)"
MEANINGS: Final[Mapping[str, str]] = {
    "actions": "what Home Assistant was made to do",
    "arguments": "what the model passes to the tool",
    "audio_end_ms": "since the session's start, of the microphone's sound",
    "audio_start_ms": "since the session's start, of the microphone's sound",
    "budget": "`daily` or `monthly`",
    "budget_usd": "how much may be spent",
    "call_id": "of this call",
    "code": "the service's own, or none",
    "cost_usd": "by the list of prices; none where the model's are unknown",
    "delta": "the next words",
    "duration": "from the start to the end",
    "fatal": "whether the conversation ends because of it, or never began",
    "first_visit": "when the first conversation with a visitor ended, or none",
    "heard_ms": "how much of the answer was heard",
    "item_id": "of the item in the service's conversation",
    "jokes": "what the model says it told",
    "kind": "what failed: see [below](#kinds-of-errors)",
    "last_visit": "when the last one ended, or none",
    "message": "in the service's or in Home Assistant's words",
    "name": "of the tool; a script's is its object id",
    "outcome": "`done`, `failed`, `refused` or `unconfirmed`",
    "reason": "why",
    "response_id": "of the answer in the service's conversation",
    "rest_ms": "how much is still to be heard, as far as it is known",
    "resumed": "whether it follows one that was lost or renewed",
    "session_id": "the service's name for the session",
    "spent_usd": "how much is spent",
    "status": "`completed`, `incomplete` or `in_progress`",
    "summaries": "one for each visit of which there is one",
    "summary": "of the visit, in the model's words",
    "text": "the words",
    "tokens": "by kind, such as `input_audio` or `cached_text`",
    "transcript": "both sides; of an answer that was cut, what was heard",
    "turns": "how often a visitor spoke",
    "type": "`message`, `function_call` or another of the service's",
    "visitors": "how many conversations somebody spoke in",
}
_SPECIAL: Final[Mapping[tuple[EventName, str], str]] = {
    (EventName.USER_TRANSCRIPT, "item_id"): MEANINGS["item_id"] + _NONE,
    (EventName.ASSISTANT_TRANSCRIPT, "item_id"): MEANINGS["item_id"] + _NONE,
    (EventName.TOOL_FINISHED, "reason"): "why it was not done, or empty",
    (EventName.FINISHED, "reason"): "the model's own word for why",
    (EventName.CONVERSATION_ENDED, "reason"): (
        "one of those of [the trigger](triggers/conversation_finished.md)"
    ),
}
_UNITS: Final = {"_ms": "ms", "_usd": "USD", "duration": "s"}


def occasions() -> dict[EventName, str]:
    """Return when each event is fired, as `EventName` has it."""
    [names] = ast.parse(inspect.getsource(const.EventName)).body
    assert isinstance(names, ast.ClassDef)
    said: dict[EventName, str] = {}
    for member, text in zip(names.body, names.body[1:], strict=False):
        match member, text:
            case ast.Assign(targets=[ast.Name(name)]), ast.Expr(
                ast.Constant(str(words))
            ):
                said[EventName[name]] = words
    return said


def _type(value: Any) -> str:
    """Return a value's type, as automations see it."""
    match value:
        case bool():
            return "true or false"
        case int():
            return "whole number"
        case float():
            return "number"
        case str():
            return "text"
        case list() | tuple():
            inner = {_type(one) for one in value}
            return f"list of {inner.pop()}s" if len(inner) == 1 else "list"
    return "mapping"


def _unit(field: str) -> str:
    """Return the unit of a field, which its name ends with."""
    return next((unit for end, unit in _UNITS.items() if field.endswith(end)), "")


def _lines(name: EventName, occasion: str, data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the part of the page about one event."""
    yield from (f"### `{name}`", "", occasion, "")
    own = {key: value for key, value in data.items() if key not in COMMON}
    if own:
        yield from ("| field | type | unit | what it is |", "| --- | --- | --- | --- |")
        for key, value in own.items():
            said = _SPECIAL.get((name, key), MEANINGS[key])
            yield f"| `{key}` | {_type(value)} | {_unit(key)} | {said} |"
        yield ""
    fired = {"event_type": f"{DOMAIN}_{name}", "data": data}
    yield from ("```json", json.dumps(fired, indent=2, ensure_ascii=False), "```", "")


def reference() -> str:
    """Return what the page says of all events."""
    said, fired = occasions(), examples()
    lines = ["| event | when |", "| --- | --- |"]
    lines += [f"| [`{name}`](#{name}) | {said[name]} |" for name in EventName]
    lines.append("")
    for name in EventName:
        lines += _lines(name, said[name], fired[name])
    return "\n".join(lines).rstrip() + "\n"


def page(text: str) -> str:
    """Return the page with the reference in its place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
