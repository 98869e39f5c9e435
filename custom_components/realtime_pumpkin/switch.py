"""Whether a voice may start conversations, hear and see, as switches.

They stay as they are until somebody changes them, also over a restart: a voice
that was silenced for the night, or a microphone that was muted, does not come
back by itself. A conversation that runs goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .coordinator import VoiceCoordinator
from .entity import VoiceEntity, async_remove
from .models import RealtimePumpkinConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class VoiceSwitchDescription(SwitchEntityDescription):
    """What a switch shows of a voice, and how it is set."""

    is_on: Callable[[VoiceCoordinator], bool]
    turn: Callable[[VoiceCoordinator, bool], None]


SWITCHES: Final = (
    VoiceSwitchDescription(
        key="enabled",
        is_on=lambda voice: voice.data.is_enabled,
        turn=lambda voice, on: voice.async_switch(is_enabled=on),
    ),
    VoiceSwitchDescription(
        key="microphone_muted",
        is_on=lambda voice: voice.data.is_muted,
        turn=lambda voice, on: voice.async_switch(is_muted=on),
    ),
)
EYES: Final = VoiceSwitchDescription(
    key="eyes",
    is_on=lambda voice: voice.data.is_watching,
    turn=lambda voice, on: voice.async_switch(is_watching=on),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [VoiceSwitch(coordinator, description) for description in SWITCHES],
            config_subentry_id=subentry_id,
        )
        eyes = VoiceSwitch(coordinator, EYES)
        if coordinator.options.eyes.camera is not None:
            async_add_entities([eyes], config_subentry_id=subentry_id)
        else:
            async_remove(hass, Platform.SWITCH, eyes)


class VoiceSwitch(VoiceEntity, SwitchEntity, RestoreEntity):
    """A switch of a voice."""

    entity_description: VoiceSwitchDescription

    def __init__(
        self, coordinator: VoiceCoordinator, description: VoiceSwitchDescription
    ) -> None:
        """Name the entity."""
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        """Set the voice as it was before the restart."""
        await super().async_added_to_hass()
        last = await self.async_get_last_state()
        if last is not None and last.state in (STATE_ON, STATE_OFF):
            self._turn(on=last.state == STATE_ON)

    @property
    @override
    def shown(self) -> object:
        """Return how the switch is."""
        return self.is_on

    @property
    @override
    def is_on(self) -> bool:
        """Return what the voice says."""
        return self.entity_description.is_on(self.coordinator)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on."""
        self._turn(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off."""
        self._turn(on=False)

    def _turn(self, *, on: bool) -> None:
        """Tell the voice, which tells all its entities."""
        self.entity_description.turn(self.coordinator, on)
