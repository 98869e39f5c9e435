"""Voices that use the house, as their tools see them."""

from typing import Any

from homeassistant.core import Context, HomeAssistant

from custom_components.realtime_pumpkin.guard.guard import Guard
from custom_components.realtime_pumpkin.house.consent import Consent
from custom_components.realtime_pumpkin.house.use import Caller
from custom_components.realtime_pumpkin.staging import HouseRules


def caller(
    hass: HomeAssistant,
    *,
    strangers: bool = True,
    consent: Consent | None = None,
    **rules: Any,
) -> Caller:
    """Return a voice that uses the house by some rules."""
    chosen = HouseRules(strangers=strangers, **rules)
    guard = Guard(hass, is_for_strangers=strangers)
    consent = consent or Consent("")
    return Caller(hass, "voice", None, chosen, guard, consent, Context())
