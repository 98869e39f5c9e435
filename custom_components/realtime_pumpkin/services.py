"""The actions of a voice."""

from collections.abc import Awaitable, Callable
import dataclasses
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.components.assist_satellite import (
    DOMAIN as SATELLITE_DOMAIN,
    services as satellite_services,
)
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_platform_entity_service
from homeassistant.helpers.typing import VolDictType
import probatio

from .action_input import ON_OR_OFF, SOME_TEXT, TEXT, ActionSchema, Expects, one_of
from .assist_satellite import VoiceSatellite
from .const import ATTR_CONVERSATION_ID, DOMAIN, BusyPolicy
from .holding import async_hold
from .porch_report import async_summary
from .request import ConversationRequest
from .saying import async_say
from .theatre.memory import async_get_keeper

ATTR_ANSWERS: Final = "answers"
ATTR_BUSY: Final = "busy"
ATTR_CONTEXT: Final = "context"
ATTR_GOODBYE: Final = "goodbye"
ATTR_INSTRUCTIONS: Final = "instructions"
ATTR_ID: Final = "id"
ATTR_OPENING: Final = "opening"
ATTR_QUESTION: Final = "question"
ATTR_RESPOND: Final = "respond"
ATTR_ROLE: Final = "role"
ATTR_SENTENCES: Final = "sentences"
ATTR_TEXT: Final = "text"
ATTR_VERBATIM: Final = "verbatim"
ATTR_WAIT: Final = "wait"

ROLES: Final = ("system", "user")

SERVICE_ADD_MESSAGE: Final = "add_message"
SERVICE_ASK: Final = "ask"
SERVICE_PREPARE: Final = "prepare"
SERVICE_NIGHT_SUMMARY: Final = "night_summary"
SERVICE_PORCH_CHECK: Final = "porch_check"
SERVICE_SAY: Final = "say"
SERVICE_START_CONVERSATION: Final = "start_conversation"
SERVICE_STOP_CONVERSATION: Final = "stop_conversation"


def _as_home_assistant_checks(name: str) -> Callable[[Any], Any]:
    """Return one of the checks of Home Assistant's own question for sentences.

    They are nobody else's to use: this is the one place that does. Where they are
    gone, any sentence is taken, and one that cannot be read is never the answer.
    """
    check: Callable[[Any], Any] = getattr(satellite_services, name, list)
    return check


_SENTENCES: Final = probatio.All(
    cv.ensure_list,
    [SOME_TEXT],
    Expects("field_empty", probatio.Length(min=1)),
    Expects("sentence_punctuation", _as_home_assistant_checks("has_no_punctuation")),
    Expects("sentence_invalid", _as_home_assistant_checks("is_valid_sentence")),
)
START_SCHEMA: Final[VolDictType] = {
    probatio.Optional(ATTR_OPENING): TEXT,
    probatio.Optional(ATTR_INSTRUCTIONS): TEXT,
    probatio.Optional(ATTR_CONTEXT): TEXT,
    probatio.Optional(ATTR_BUSY): one_of(tuple(BusyPolicy), BusyPolicy),
    probatio.Optional(ATTR_WAIT, default=False): ON_OR_OFF,
}
STOP_SCHEMA: Final[VolDictType] = {
    probatio.Optional(ATTR_GOODBYE, default=True): ON_OR_OFF
}
SAY_SCHEMA: Final[VolDictType] = {
    probatio.Required(ATTR_TEXT): SOME_TEXT,
    probatio.Optional(ATTR_VERBATIM, default=True): ON_OR_OFF,
}
ASK_SCHEMA: Final[VolDictType] = {
    probatio.Required(ATTR_QUESTION): SOME_TEXT,
    probatio.Optional(ATTR_ANSWERS, default=list): [
        {
            probatio.Required(ATTR_ID): SOME_TEXT,
            probatio.Required(ATTR_SENTENCES): _SENTENCES,
        }
    ],
}
MESSAGE_SCHEMA: Final[VolDictType] = {
    probatio.Required(ATTR_TEXT): SOME_TEXT,
    probatio.Optional(ATTR_ROLE, default="system"): one_of(ROLES, str),
    probatio.Optional(ATTR_RESPOND, default=True): ON_OR_OFF,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, once for all accounts."""
    for action in _ACTIONS:
        async_register_platform_entity_service(
            hass,
            DOMAIN,
            action.name,
            entity_domain=SATELLITE_DOMAIN,
            schema=ActionSchema(action.name, action.schema),
            func=action.run,
            supports_response=action.response,
        )


async def _async_start(voice: VoiceSatellite, call: ServiceCall) -> ServiceResponse:
    """Start a conversation; answer with its id, or at its end with how it was."""
    request = ConversationRequest(
        # Empty fields say nothing.
        opening=call.data.get(ATTR_OPENING) or None,
        instructions=call.data.get(ATTR_INSTRUCTIONS) or None,
        context=call.data.get(ATTR_CONTEXT) or None,
        busy=call.data.get(ATTR_BUSY),
        cause=call.context,
    )
    if call.data[ATTR_WAIT]:
        return dict(await async_hold(voice.coordinator, request))
    return {
        ATTR_CONVERSATION_ID: await voice.coordinator.async_start_conversation(request)
    }


async def _async_say(voice: VoiceSatellite, call: ServiceCall) -> None:
    """Say a text."""
    await async_say(
        voice.coordinator,
        call.data[ATTR_TEXT],
        verbatim=call.data[ATTR_VERBATIM],
        cause=call.context,
    )


async def _async_ask(voice: VoiceSatellite, call: ServiceCall) -> ServiceResponse:
    """Ask something and answer with what was answered."""
    answer = await voice.async_ask(call.data[ATTR_QUESTION], call.data[ATTR_ANSWERS])
    return dataclasses.asdict(answer)


async def _async_prepare(voice: VoiceSatellite, call: ServiceCall) -> None:
    """Be ready for somebody who is about to ring."""
    await voice.coordinator.async_prepare()


async def _async_check_porch(
    voice: VoiceSatellite, call: ServiceCall
) -> ServiceResponse:
    """Check the porch and answer with figures and words."""
    coordinator = voice.coordinator
    found = await coordinator.async_check_porch()
    turns = coordinator.options.turns
    return {
        **found.as_data(),
        "echo_cancelled": found.echo_cancelled,
        "threshold": found.threshold if turns.threshold is None else turns.threshold,
        "summary": await async_summary(voice.hass, found, turns),
    }


async def _async_sum_up(voice: VoiceSatellite, call: ServiceCall) -> ServiceResponse:
    """Answer with how the night is so far."""
    keeper = async_get_keeper(voice.hass, voice.coordinator.events.voice_id)
    if keeper is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="remembers_nothing",
            translation_placeholders={"voice": voice.coordinator.name},
        )
    return keeper.summary()


async def _async_stop(voice: VoiceSatellite, call: ServiceCall) -> None:
    """End the conversation."""
    await voice.coordinator.async_stop_conversation(goodbye=call.data[ATTR_GOODBYE])


async def _async_add_message(voice: VoiceSatellite, call: ServiceCall) -> None:
    """Put a message into the conversation."""
    await voice.coordinator.async_add_message(
        role=call.data[ATTR_ROLE],
        text=call.data[ATTR_TEXT],
        respond=call.data[ATTR_RESPOND],
    )


@dataclass(frozen=True, slots=True)
class _Action:
    """One action of a voice."""

    name: str
    run: Callable[[VoiceSatellite, ServiceCall], Awaitable[ServiceResponse | None]]
    schema: VolDictType = field(default_factory=dict)
    response: SupportsResponse = SupportsResponse.NONE


_ACTIONS: Final = (
    _Action(
        SERVICE_START_CONVERSATION,
        _async_start,
        START_SCHEMA,
        SupportsResponse.OPTIONAL,
    ),
    _Action(SERVICE_STOP_CONVERSATION, _async_stop, STOP_SCHEMA),
    _Action(SERVICE_SAY, _async_say, SAY_SCHEMA),
    _Action(SERVICE_ASK, _async_ask, ASK_SCHEMA, SupportsResponse.OPTIONAL),
    _Action(SERVICE_ADD_MESSAGE, _async_add_message, MESSAGE_SCHEMA),
    _Action(SERVICE_PREPARE, _async_prepare),
    _Action(SERVICE_NIGHT_SUMMARY, _async_sum_up, response=SupportsResponse.ONLY),
    _Action(
        SERVICE_PORCH_CHECK,
        _async_check_porch,
        response=SupportsResponse.OPTIONAL,
    ),
)
