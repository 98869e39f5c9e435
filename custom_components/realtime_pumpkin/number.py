"""How loud a voice speaks, as a number.

It is what the media player is set to while the voice uses it. Unknown: the player
keeps the volume that it has.
"""

from typing import override

from homeassistant.components.number import NumberEntity, NumberMode
from homeassistant.const import PERCENTAGE, EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_SPEAKER_VOLUME
from .entity import VoiceEntity, async_remove
from .models import RealtimePumpkinConfigEntry
from .options import (
    AssistMicrophone,
    MediaPlayerSpeaker,
    SatelliteSpeaker,
    VoiceOptions,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the volume of each voice that speaks through a media player."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        volume = SpeakerVolume(coordinator, CONF_SPEAKER_VOLUME)
        if _has_player(coordinator.options):
            async_add_entities([volume], config_subentry_id=subentry_id)
        else:
            async_remove(hass, Platform.NUMBER, volume)


def _has_player(options: VoiceOptions) -> bool:
    """Tell whether a voice speaks through a media player of Home Assistant."""
    match options.speaker:
        case MediaPlayerSpeaker():
            return True
        case SatelliteSpeaker():
            return isinstance(options.microphone, AssistMicrophone)
        case _:
            return False


class SpeakerVolume(VoiceEntity, NumberEntity):
    """The volume of a voice's media player, while the voice uses it."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_mode = NumberMode.SLIDER
    _attr_native_min_value = 0
    _attr_native_max_value = 100
    _attr_native_step = 1
    _attr_native_unit_of_measurement = PERCENTAGE

    @property
    @override
    def shown(self) -> object:
        """Return what is chosen."""
        return self.native_value

    @property
    @override
    def native_value(self) -> int | None:
        """Return what is chosen."""
        return self.coordinator.options.speaker_volume

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it from the next conversation on."""
        data = {**self.coordinator.subentry.data, CONF_SPEAKER_VOLUME: int(value)}
        self.hass.config_entries.async_update_subentry(
            self.coordinator.config_entry, self.coordinator.subentry, data=data
        )
