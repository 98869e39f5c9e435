"""The voice as Home Assistant's satellite entity."""

from typing import Any, Final, override

from homeassistant.components.assist_pipeline import PipelineEvent
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnswer,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.assist_satellite.const import PREANNOUNCE_URL
from homeassistant.components.assist_satellite.entity import AssistSatelliteState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN, VOICE_ENTITY
from .entity import VoiceEntity
from .models import RealtimePumpkinConfigEntry
from .realtime.events import Phase

PARALLEL_UPDATES = 0

_STATES: Final = {
    Phase.IDLE: AssistSatelliteState.IDLE,
    Phase.LISTENING: AssistSatelliteState.LISTENING,
    Phase.PROCESSING: AssistSatelliteState.PROCESSING,
    Phase.RESPONDING: AssistSatelliteState.RESPONDING,
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RealtimePumpkinConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the satellite of each voice."""
    for subentry_id, coordinator in entry.runtime_data.voices.items():
        async_add_entities(
            [VoiceSatellite(coordinator, VOICE_ENTITY)], config_subentry_id=subentry_id
        )


class VoiceSatellite(VoiceEntity, AssistSatelliteEntity):
    """A voice that holds its conversations without a pipeline of Assist."""

    _attr_name = None
    _attr_supported_features = AssistSatelliteEntityFeature.START_CONVERSATION

    @override
    async def async_added_to_hass(self) -> None:
        """Show the state from the start."""
        await super().async_added_to_hass()
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show what the voice is doing; nothing else sets the state."""
        self._set_state(_STATES[self.coordinator.data.phase])

    @override
    async def async_internal_start_conversation(
        self,
        start_message: str | None = None,
        start_media_id: str | None = None,
        extra_system_prompt: str | None = None,
        preannounce: bool = True,
        preannounce_media_id: str = PREANNOUNCE_URL,
    ) -> None:
        """Let the voice open a conversation with the message, in persona."""
        if start_media_id is not None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="media_not_supported"
            )
        await self.coordinator.async_start_conversation(
            opening=start_message, instructions=extra_system_prompt
        )

    @override
    async def async_internal_ask_question(
        self,
        question: str | None = None,
        question_media_id: str | None = None,
        preannounce: bool = True,
        preannounce_media_id: str = PREANNOUNCE_URL,
        answers: list[dict[str, Any]] | None = None,
    ) -> AssistSatelliteAnswer | None:
        """Refuse: the action asks for no feature, so it would reach a pipeline."""
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="ask_question_not_supported"
        )

    @callback
    @override
    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        """Refuse: there are no wake words to choose from."""
        raise NotImplementedError

    @override
    async def async_set_configuration(
        self, config: AssistSatelliteConfiguration
    ) -> None:
        """Refuse: there are no wake words to choose from."""
        raise NotImplementedError

    @callback
    @override
    def on_pipeline_event(self, event: PipelineEvent) -> None:
        """Ignore pipelines: none runs on this satellite."""
