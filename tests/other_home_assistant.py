"""What the test plugin, made for one release of Home Assistant, lacks on a later one.

Loaded before every plugin by `script/test --home-assistant`, and by nothing else.
"""

from collections.abc import Mapping
from typing import Any

# First of all: 2026.11 gives `httpx` another meaning before anybody else imports it.
from homeassistant.components import logger
from homeassistant.components.logger import helpers
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.restore_state import RestoreStateData, StoredState

if not hasattr(logger, "_clear_logger_overwrites"):
    # The plugin takes it from where it was until 2026.10.
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]


def _last_states(data: RestoreStateData) -> dict[str, StoredState]:
    """Return the stored states by entity id, which 2026.11 keeps in two places."""
    entries = er.async_get(data.hass).entities
    return data.last_states_by_entity_id | {  # type: ignore[attr-defined]
        entry.entity_id: state
        for entry_id, state in data.last_states_by_entity_registry_id.items()  # type: ignore[attr-defined]
        if (entry := entries.get_entry(entry_id)) is not None
    }


@callback
def _is_new(changed: Mapping[str, Any]) -> bool:
    """Tell whether an entity was registered."""
    return bool(changed["action"] == "create")


def _set_last_states(data: RestoreStateData, states: dict[str, StoredState]) -> None:
    """Store states of entities that are not registered yet."""
    data.last_states_by_entity_id = states  # type: ignore[attr-defined]
    # The plugin sets its data up by hand, so nobody would tell it of new entities.
    data.hass.bus.async_listen(
        er.EVENT_ENTITY_REGISTRY_UPDATED,
        data._async_entity_registry_entry_created,  # type: ignore[attr-defined]
        event_filter=_is_new,
    )


if "last_states" not in RestoreStateData.__init__.__code__.co_names:
    RestoreStateData.last_states = property(_last_states, _set_last_states)  # type: ignore[assignment]
