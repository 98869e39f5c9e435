"""The voice as Home Assistant's satellite entity."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, override

from homeassistant.components.assist_pipeline import PipelineEvent
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnswer,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.assist_satellite.const import PREANNOUNCE_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .asking import async_ask
from .broadcast import is_broadcast
from .const import DOMAIN, VOICE_ENTITY
from .entity import VoiceEntity
from .links.satellite_state import SatelliteState
from .models import RealtimePumpkinConfigEntry
from .realtime.events import Phase
from .request import ConversationRequest
from .saying import async_say

PARALLEL_UPDATES = 0

_STATES: Final = {
    Phase.IDLE: SatelliteState.IDLE,
    Phase.LISTENING: SatelliteState.LISTENING,
    Phase.PROCESSING: SatelliteState.PROCESSING,
    Phase.RESPONDING: SatelliteState.RESPONDING,
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
    _attr_supported_features = (
        AssistSatelliteEntityFeature.ANNOUNCE
        | AssistSatelliteEntityFeature.START_CONVERSATION
    )

    @override
    async def async_added_to_hass(self) -> None:
        """Show the state from the start."""
        await super().async_added_to_hass()
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show what the voice is doing; nothing else sets the state."""
        # Where Home Assistant takes no state from us, all else is shown all the same.
        show = getattr(self, "_set_state", lambda _: self.async_write_ha_state())
        if (state := _STATES[self.coordinator.data.phase]) != self.state:
            show(state)

    @override
    async def async_internal_announce(
        self,
        message: str | None = None,
        media_id: str | None = None,
        preannounce: bool = True,
        preannounce_media_id: str = PREANNOUNCE_URL,
    ) -> None:
        """Say a message in the voice, or play a media.

        Home Assistant's own chime stays away: it is not in character.
        """
        if media_id is not None:
            await self.coordinator.async_announce(media_id)
        elif self.coordinator.options.joins_broadcasts or not is_broadcast():
            text, cause = message or "", self._cause
            await async_say(self.coordinator, text, verbatim=True, cause=cause)

    @override
    async def async_internal_start_conversation(
        self,
        start_message: str | None = None,
        start_media_id: str | None = None,
        extra_system_prompt: str | None = None,
        preannounce: bool = True,
        preannounce_media_id: str = PREANNOUNCE_URL,
    ) -> None:
        """Open a conversation with the message, in persona, or with a media."""
        opening = start_message
        if start_media_id is not None:
            await self.coordinator.async_announce(start_media_id)
            opening = ""
        await self.coordinator.async_start_conversation(
            ConversationRequest(
                opening=opening, instructions=extra_system_prompt, cause=self._cause
            )
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
        """Ask aloud and return the answer; a media may take the question's place."""
        if question_media_id is not None:
            await self.coordinator.async_announce(question_media_id)
        return await self.async_ask(question, answers or [])

    async def async_ask(
        self, question: str | None, answers: Sequence[Mapping[str, Any]]
    ) -> AssistSatelliteAnswer:
        """Ask and match what is answered; `answers` have `id` and `sentences`.

        Without a question it was asked already. Raises a translated
        `HomeAssistantError` where nobody says a word.
        """
        choices = [sentence for each in answers for sentence in each["sentences"]]

        def match(text: str) -> AssistSatelliteAnswer | None:
            """Return the answer that the words are, if they are one."""
            if not answers:
                return AssistSatelliteAnswer(id=None, sentence=text)
            return self._matched(text, answers)

        words, answer = await async_ask(
            self.coordinator, question, choices, match, cause=self._cause
        )
        if answer is not None:
            return answer
        if words is None:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="no_answer"
            )
        return AssistSatelliteAnswer(id=None, sentence=words)

    def _matched(
        self, text: str, answers: Sequence[Mapping[str, Any]]
    ) -> AssistSatelliteAnswer | None:
        """Return the answer whose sentences the words fit.

        Home Assistant has that in its own question only: this is the one place that
        asks there. Where it is gone, they fit if they are one of the sentences.
        """
        if (match := getattr(self, "_question_response_to_answer", None)) is not None:
            found: AssistSatelliteAnswer = match(text, list(map(dict, answers)))
            return found if found.id is not None else None
        said = text.casefold().strip(" .!?")
        for each in answers:
            if said in map(str.casefold, each["sentences"]):
                return AssistSatelliteAnswer(id=each["id"], sentence=text)
        return None

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
