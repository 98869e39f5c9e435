"""Who is speaking, as binary sensors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import VoiceCoordinator
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry
from .realtime.events import Phase

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class VoiceBinarySensorDescription(BinarySensorEntityDescription):
    """What a binary sensor shows of a voice."""

    is_on: Callable[[VoiceCoordinator], bool]


BINARY_SENSORS: Final = (
    VoiceBinarySensorDescription(
        key="visitor_speaking",
        is_on=lambda voice: voice.tally.data.is_visitor_speaking,
    ),
    VoiceBinarySensorDescription(
        key="pumpkin_speaking",
        is_on=lambda voice: voice.data.phase is Phase.RESPONDING,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [
                VoiceBinarySensor(coordinator, description)
                for description in BINARY_SENSORS
            ],
            config_subentry_id=subentry_id,
        )


class VoiceBinarySensor(VoiceEntity, BinarySensorEntity):
    """Whether somebody speaks."""

    entity_description: VoiceBinarySensorDescription

    def __init__(
        self, coordinator: VoiceCoordinator, description: VoiceBinarySensorDescription
    ) -> None:
        """Name the entity."""
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def shown(self) -> object:
        """Return whether somebody speaks."""
        return self.is_on

    @property
    @override
    def is_on(self) -> bool:
        """Return what the voice says."""
        return self.entity_description.is_on(self.coordinator)
