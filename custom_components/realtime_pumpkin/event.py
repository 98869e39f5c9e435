"""What happens in a voice's conversations, as an event entity."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventExtraStoredData
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bus import WORDS, ConversationEvent
from .const import EventName
from .coordinator import VoiceCoordinator
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry

PARALLEL_UPDATES = 0

_OWN_IDS: Final = frozenset({ATTR_DEVICE_ID, ATTR_ENTITY_ID})


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities([VoiceEvent(coordinator)], config_subentry_id=subentry_id)


class VoiceEvent(VoiceEntity, EventEntity):
    """The latest thing that happened in a conversation."""

    # What visitors say is shown while it is new, but kept in no database.
    _unrecorded_attributes = WORDS

    def __init__(self, coordinator: VoiceCoordinator) -> None:
        """Name the entity."""
        super().__init__(coordinator, "conversation")
        self._attr_event_types = [name.value for name in EventName]

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the conversations of the voice."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.listen(self._handle_event))

    @callback
    def _handle_event(self, event: ConversationEvent) -> None:
        """Show the event without our own ids, and without words that are secret."""
        is_told = self.coordinator.options.transcripts.in_entities
        hidden = _OWN_IDS if is_told else _OWN_IDS | self._unrecorded_attributes
        attributes = {k: v for k, v in event.data.items() if k not in hidden}
        self._trigger_event(event.name.value, attributes)
        self.async_write_ha_state()

    @property
    @override
    def extra_restore_state_data(self) -> EventExtraStoredData:
        """Keep over a restart what the database may keep as well."""
        stored = super().extra_restore_state_data
        attributes = stored.last_event_attributes or {}
        recorded = {
            key: value
            for key, value in attributes.items()
            if key not in self._unrecorded_attributes
        }
        return EventExtraStoredData(stored.last_event_type, recorded)
