"""What a voice heard and said, what it used and how it is doing, as sensors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    MAX_LENGTH_STATE_STATE,
    EntityCategory,
    Platform,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .const import Connection
from .coordinator import VoiceCoordinator
from .entity import VoiceEntity, async_remove
from .models import RealtimePumpkinConfigEntry
from .theatre.memory import async_get_keeper

PARALLEL_UPDATES = 0

ATTR_REASON: Final = "reason"
ATTR_TEXT: Final = "text"
USD: Final = "USD"


@dataclass(frozen=True, kw_only=True)
class VoiceSensorDescription(SensorEntityDescription):
    """What a sensor shows of a voice, and since when it counts."""

    value: Callable[[VoiceCoordinator], StateType]
    since: Callable[[], datetime] | None = None


def _start_of_month() -> datetime:
    """Return when the month of the house began."""
    return dt_util.start_of_local_day().replace(day=1)


SENSORS: Final = (
    VoiceSensorDescription(
        key="conversations_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value=lambda voice: voice.totals.day.conversations,
    ),
    VoiceSensorDescription(
        key="cost_today",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=USD,
        suggested_display_precision=2,
        value=lambda voice: round(voice.totals.day.usd, 6),
        since=dt_util.start_of_local_day,
    ),
    VoiceSensorDescription(
        key="cost_this_month",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=USD,
        suggested_display_precision=2,
        value=lambda voice: round(voice.totals.month.usd, 6),
        since=_start_of_month,
    ),
    VoiceSensorDescription(
        key="tokens_today",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda voice: sum(voice.totals.day.tokens.values()),
    ),
    VoiceSensorDescription(
        key="response_latency",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda voice: voice.tally.data.response_ms,
    ),
)
WORDS: Final = (
    VoiceSensorDescription(
        key="last_heard",
        entity_registry_enabled_default=False,
        value=lambda voice: voice.tally.data.last_heard,
    ),
    VoiceSensorDescription(
        key="last_said",
        entity_registry_enabled_default=False,
        value=lambda voice: voice.tally.data.last_said,
    ),
)
SESSION: Final = VoiceSensorDescription(
    key="session",
    device_class=SensorDeviceClass.ENUM,
    options=[connection.value for connection in Connection],
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda voice: voice.data.connection.value,
)


def _visitors(voice: VoiceCoordinator) -> int:
    """Return how many visitors the voice remembers."""
    keeper = async_get_keeper(voice.hass, voice.events.voice_id)
    return keeper.night.visitors if keeper and keeper.night else 0


VISITORS: Final = VoiceSensorDescription(
    key="visitors_tonight",
    state_class=SensorStateClass.TOTAL_INCREASING,
    value=_visitors,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [
                *(VoiceSensor(coordinator, description) for description in SENSORS),
                *(WordsSensor(coordinator, description) for description in WORDS),
                SessionSensor(coordinator, SESSION),
            ],
            config_subentry_id=subentry_id,
        )
        visitors = VoiceSensor(coordinator, VISITORS)
        if coordinator.options.memory.remembers_night:
            async_add_entities([visitors], config_subentry_id=subentry_id)
        else:
            async_remove(hass, Platform.SENSOR, visitors)


class VoiceSensor(VoiceEntity, SensorEntity):
    """One figure of a voice."""

    entity_description: VoiceSensorDescription

    def __init__(
        self, coordinator: VoiceCoordinator, description: VoiceSensorDescription
    ) -> None:
        """Name the entity."""
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def shown(self) -> object:
        """Return the figure, what belongs to it, and since when it counts."""
        return self.native_value, self.extra_state_attributes, self.last_reset

    @property
    @override
    def native_value(self) -> StateType:
        """Return what the voice says."""
        return self.entity_description.value(self.coordinator)

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return when the day or the month began that is counted."""
        since = self.entity_description.since
        return since() if since else None


class WordsSensor(VoiceSensor):
    """What was said last: the beginning as state, all of it as attribute."""

    _unrecorded_attributes = frozenset({ATTR_TEXT})

    @property
    def _words(self) -> str | None:
        """Return all that was said, unless words are not for entities."""
        if not self.coordinator.options.transcripts.in_entities:
            return None
        words = super().native_value
        return None if words is None else str(words)

    @property
    @override
    def native_value(self) -> StateType:
        """Return as many words as a state can hold."""
        return self._words and self._words[:MAX_LENGTH_STATE_STATE]

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return all that was said."""
        return {ATTR_TEXT: self._words}


class SessionSensor(VoiceSensor):
    """How it stands with the session, and why the last conversation ended."""

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return the reason; nothing before the first end."""
        return {ATTR_REASON: self.coordinator.data.end_reason}
