"""What Home Assistant knows of the satellites that it has connected."""

import time
from typing import Final

from homeassistant.components.assist_satellite import (
    DOMAIN as SATELLITE_DOMAIN,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.media_player.const import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN
from .protocols import LinkCapabilities
from .satellite_state import SatelliteState

# What a pipeline tells before it calls us is told in the same step of the loop:
# 0.1 ms were measured. A slow machine may pause in it, people are never that quick.
_JUST_NOW_S: Final = 0.1
_PIPELINE_SELECT: Final = "pipeline"
_STOP_LATENCY_MS: Final = 100
_TELEPHONES: Final = frozenset({"voip"})
# It begins a run for sound that comes after a wake word, and forgets the wake word only
# some steps of the loop after its run: what a satellite sends until then begins another.
_BEGINS_ANOTHER: Final = frozenset({"wyoming"})
# Manufacturer and model of devices whose audio chip is meant to cancel the echo.
# Owners of both report that, heard while it plays, it writes down its own words
# (home-assistant-voice-pe#621, Satellite1-ESPHome#569): only a measurement tells.
_ECHO_CANCELLERS: Final[frozenset[tuple[str | None, str | None]]] = frozenset(
    {
        ("Nabu Casa", "Home Assistant Voice PE"),
        ("FutureProofHomes", "Satellite1"),
    }
)


@callback
def talking_satellite(hass: HomeAssistant) -> str | None:
    """Return the satellite whose pipeline has just begun to listen.

    To be called as the first thing in the pipeline's stage: the satellite was set
    to listening in the same step. None for other clients, such as a browser.
    """
    registry = er.async_get(hass)
    listening = [
        state
        for state in hass.states.async_all(SATELLITE_DOMAIN)
        if state.state == SatelliteState.LISTENING
        and not _is_ours(registry, state.entity_id)
    ]
    latest = min(listening, key=_age_s, default=None)
    if latest is None or _age_s(latest) > _JUST_NOW_S:
        return None
    return latest.entity_id


def _age_s(state: State) -> float:
    """Return how long ago a state was written; a clock may have been set back since."""
    return abs(time.time() - state.last_reported.timestamp())


@callback
def takes_turns(hass: HomeAssistant, satellite: str) -> bool:
    """Tell whether a satellite listens and speaks by turns only: a telephone does."""
    return _platform(hass, satellite) in _TELEPHONES


@callback
def runs_on_leftovers(hass: HomeAssistant, satellite: str) -> bool:
    """Tell whether sound that comes after a run may begin one that nobody asked for."""
    return _platform(hass, satellite) in _BEGINS_ANOTHER


def _platform(hass: HomeAssistant, satellite: str) -> str | None:
    """Return the integration that has connected a satellite."""
    entry = er.async_get(hass).async_get(satellite)
    return entry.platform if entry else None


@callback
def can_be_started(hass: HomeAssistant, satellite: str) -> bool:
    """Tell whether a conversation can start there without a wake word."""
    entry = er.async_get(hass).async_get(satellite)
    features = entry.supported_features if entry else 0
    if (state := hass.states.get(satellite)) is not None:
        features = state.attributes.get(ATTR_SUPPORTED_FEATURES, features)
    return bool(features & AssistSatelliteEntityFeature.START_CONVERSATION)


@callback
def pipeline_select(hass: HomeAssistant, satellite: str) -> str | None:
    """Return the select entity with which a satellite's assistant is chosen."""
    for entry in _siblings(hass, satellite, SELECT_DOMAIN):
        if entry.translation_key == _PIPELINE_SELECT:
            return entry.entity_id
    return None


@callback
def own_player(hass: HomeAssistant, satellite: str) -> str | None:
    """Return the media player of the satellite's device."""
    players = _siblings(hass, satellite, MEDIA_PLAYER_DOMAIN)
    return players[0].entity_id if players else None


@callback
def capabilities(hass: HomeAssistant, satellite: str) -> LinkCapabilities:
    """Return what a satellite can do, as far as it is known.

    None is trusted to cancel its echo, not even with a chip for it: the porch check
    measures it, and the user may know better.
    """
    return LinkCapabilities(
        full_duplex=True,
        echo_cancelled=False,
        remote_start=can_be_started(hass, satellite),
        stop_latency_ms=_STOP_LATENCY_MS,
    )


@callback
def has_echo_canceller(hass: HomeAssistant, satellite: str) -> bool:
    """Tell whether the satellite has a chip that is meant to cancel its echo."""
    entry = er.async_get(hass).async_get(satellite)
    if entry is None or entry.device_id is None:
        return False
    device = dr.async_get(hass).async_get(entry.device_id)
    if not isinstance(device, dr.DeviceEntry):
        return False
    return (device.manufacturer, device.model) in _ECHO_CANCELLERS


def _siblings(
    hass: HomeAssistant, satellite: str, domain: str
) -> list[er.RegistryEntry]:
    """Return the entities of a domain that the same device has."""
    registry = er.async_get(hass)
    own = registry.async_get(satellite)
    if own is None or own.device_id is None:
        return []
    return [
        entry
        for entry in er.async_entries_for_device(registry, own.device_id)
        if (entry.platform, entry.domain) == (own.platform, domain)
    ]


def _is_ours(registry: er.EntityRegistry, entity_id: str) -> bool:
    """Tell whether an entity is a voice, which is set to listening by ourselves."""
    entry = registry.async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN
