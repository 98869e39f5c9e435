"""The actions of a voice."""

from typing import Final

from homeassistant.components.assist_satellite import DOMAIN as SATELLITE_DOMAIN
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_platform_entity_service
from homeassistant.helpers.typing import VolDictType
import probatio

from .assist_satellite import VoiceSatellite
from .const import ATTR_CONVERSATION_ID, DOMAIN
from .porch_report import async_summary

ATTR_CONTEXT: Final = "context"
ATTR_GOODBYE: Final = "goodbye"
ATTR_INSTRUCTIONS: Final = "instructions"
ATTR_OPENING: Final = "opening"
ATTR_RESPOND: Final = "respond"
ATTR_ROLE: Final = "role"
ATTR_TEXT: Final = "text"

ROLES: Final = ("system", "user")

SERVICE_ADD_MESSAGE: Final = "add_message"
SERVICE_PREPARE: Final = "prepare"
SERVICE_PORCH_CHECK: Final = "porch_check"
SERVICE_START_CONVERSATION: Final = "start_conversation"
SERVICE_STOP_CONVERSATION: Final = "stop_conversation"

_TEXT: Final = probatio.All(cv.string, probatio.Strip)

START_SCHEMA: Final[VolDictType] = {
    probatio.Optional(ATTR_OPENING): _TEXT,
    probatio.Optional(ATTR_INSTRUCTIONS): _TEXT,
    probatio.Optional(ATTR_CONTEXT): _TEXT,
}
STOP_SCHEMA: Final[VolDictType] = {
    probatio.Optional(ATTR_GOODBYE, default=True): cv.boolean
}
MESSAGE_SCHEMA: Final[VolDictType] = {
    probatio.Required(ATTR_TEXT): probatio.All(_TEXT, probatio.Length(min=1)),
    probatio.Optional(ATTR_ROLE, default="system"): probatio.In(ROLES),
    probatio.Optional(ATTR_RESPOND, default=True): cv.boolean,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, once for all accounts."""
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        SERVICE_START_CONVERSATION,
        entity_domain=SATELLITE_DOMAIN,
        schema=START_SCHEMA,
        func=_async_start,
        supports_response=SupportsResponse.OPTIONAL,
    )
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        SERVICE_STOP_CONVERSATION,
        entity_domain=SATELLITE_DOMAIN,
        schema=STOP_SCHEMA,
        func=_async_stop,
    )
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        SERVICE_ADD_MESSAGE,
        entity_domain=SATELLITE_DOMAIN,
        schema=MESSAGE_SCHEMA,
        func=_async_add_message,
    )
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        SERVICE_PREPARE,
        entity_domain=SATELLITE_DOMAIN,
        schema=None,
        func=_async_prepare,
    )
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        SERVICE_PORCH_CHECK,
        entity_domain=SATELLITE_DOMAIN,
        schema=None,
        func=_async_check_porch,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_start(voice: VoiceSatellite, call: ServiceCall) -> ServiceResponse:
    """Start a conversation and answer with its id; empty fields say nothing."""
    conversation_id = await voice.coordinator.async_start_conversation(
        opening=call.data.get(ATTR_OPENING) or None,
        instructions=call.data.get(ATTR_INSTRUCTIONS) or None,
        context=call.data.get(ATTR_CONTEXT) or None,
    )
    return {ATTR_CONVERSATION_ID: conversation_id}


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
