"""Conditions of what voices are doing, aimed at voices, devices and areas."""

from collections.abc import Mapping
from typing import Final, override

from homeassistant.components.assist_satellite import DOMAIN as SATELLITE_DOMAIN
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    Condition,
    EntityConditionBase,
    EntityStateConditionBase,
)
import probatio

from .links.satellite_state import SatelliteState
from .voices import voice_of, voices_among

_SPECS: Final[Mapping[str, DomainSpec]] = {SATELLITE_DOMAIN: DomainSpec()}


class _VoiceCondition(EntityConditionBase):
    """A condition of voices: other satellites of an area do not count."""

    _domain_specs = _SPECS

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave out what is no voice."""
        return voices_among(self._hass, entities)


class _PhaseCondition(_VoiceCondition, EntityStateConditionBase):
    """A condition of what a voice is doing."""


class IsInConversation(_PhaseCondition):
    """The voice is in a conversation."""

    _states = {  # noqa: RUF012
        SatelliteState.LISTENING,
        SatelliteState.PROCESSING,
        SatelliteState.RESPONDING,
    }


class IsListening(_PhaseCondition):
    """The voice waits for words or hears them."""

    _states = {SatelliteState.LISTENING}  # noqa: RUF012


class IsResponding(_PhaseCondition):
    """The voice is heard."""

    _states = {SatelliteState.RESPONDING}  # noqa: RUF012


class IsWithinBudget(_VoiceCondition):
    """The voice may still spend money today and this month."""

    # No duration: a budget ends with the day or the month.
    _schema = probatio.Schema(
        {
            probatio.Required(CONF_TARGET): cv.TARGET_FIELDS,
            probatio.Required(CONF_OPTIONS, default={}): {
                probatio.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): probatio.In(
                    [BEHAVIOR_ANY, BEHAVIOR_ALL]
                )
            },
        }
    )

    @property
    @override
    def needs_polling(self) -> bool:
        """Say yes: a new day changes it, but no state."""
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Ask the voice whose state it is."""
        voice = voice_of(self._hass, entity_state.entity_id)
        return voice is not None and voice.is_within_budget


CONDITIONS: Final[dict[str, type[EntityConditionBase]]] = {
    "is_in_conversation": IsInConversation,
    "is_listening": IsListening,
    "is_responding": IsResponding,
    "is_within_budget": IsWithinBudget,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by their keys."""
    return dict(CONDITIONS)
