"""Start, stop, porch check and a clean slate as buttons of the voice's device."""

from typing import override

from homeassistant.components import persistent_notification
from homeassistant.components.button import ButtonEntity
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import VoiceCoordinator
from .entity import VoiceEntity, async_remove
from .models import RealtimePumpkinConfigEntry
from .porch_report import async_summary
from .request import ConversationRequest
from .theatre.memory import async_get_keeper

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [
                StartButton(coordinator, "start_conversation"),
                StopButton(coordinator, "stop_conversation"),
                PorchCheckButton(coordinator),
            ],
            config_subentry_id=subentry_id,
        )
        forget = ForgetNightButton(coordinator, "forget_night")
        if coordinator.options.memory.remembers_night:
            async_add_entities([forget], config_subentry_id=subentry_id)
        else:
            async_remove(hass, Platform.BUTTON, forget)


class StartButton(VoiceEntity, ButtonEntity):
    """Let the voice talk to whoever is there."""

    @override
    async def async_press(self) -> None:
        """Start a conversation, as a doorbell does."""
        request = ConversationRequest(cause=self._cause)
        await self.coordinator.async_start_conversation(request)


class StopButton(VoiceEntity, ButtonEntity):
    """Let the voice say goodbye."""

    @override
    async def async_press(self) -> None:
        """End the conversation; where none runs, nothing is to be done."""
        await self.coordinator.async_stop_conversation()


class ForgetNightButton(VoiceEntity, ButtonEntity):
    """Let the voice forget its visitors."""

    _attr_entity_category = EntityCategory.CONFIG

    @override
    async def async_press(self) -> None:
        """End the night now; what it was like is told in an event."""
        keeper = async_get_keeper(self.hass, self.coordinator.events.voice_id)
        if keeper is not None:
            await keeper.async_end()


class PorchCheckButton(VoiceEntity, ButtonEntity):
    """Let the voice listen to its own speaker."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: VoiceCoordinator) -> None:
        """Name the entity."""
        super().__init__(coordinator, "porch_check")

    @override
    async def async_press(self) -> None:
        """Check the porch and tell what was found out: a button has no answer."""
        found = await self.coordinator.async_check_porch()
        persistent_notification.async_create(
            self.hass,
            await async_summary(self.hass, found, self.coordinator.options.turns),
            title=self.coordinator.subentry.title,
            notification_id=f"{DOMAIN}_{self.unique_id}",
        )
