"""All that a voice may use of the house, in one conversation."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.core import Context, HomeAssistant

from ..guard.guard import Guard
from ..options import VoiceOptions
from ..tools import Tool
from ..voice_events import VoiceEvents
from .apis import async_api_tools
from .consent import Consent
from .props import prop_tools
from .use import Caller


@dataclass(frozen=True, slots=True)
class HouseTools:
    """Tools by name, and what the model is told of them."""

    tools: Mapping[str, Tool]
    instructions: str
    consent: Consent


async def async_house_tools(
    hass: HomeAssistant,
    options: VoiceOptions,
    events: VoiceEvents,
    cause: Context,
    consent: Consent | None = None,
) -> HouseTools:
    """Return what a voice may use in a conversation whose events have a context.

    A `consent` goes on from before.
    """
    rules = options.house
    consent = consent or Consent(rules.confirmation_phrase)
    guard = Guard(hass, is_for_strangers=rules.strangers)
    caller = Caller(
        hass, events.voice_id, events.device_id, rules, guard, consent, cause
    )
    props = prop_tools(caller, options.scripts)
    apis = await async_api_tools(caller, props)
    return HouseTools({**props, **apis.tools}, apis.instructions, consent)
