"""The step of where a voice speaks."""

from abc import abstractmethod
import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult

from .. import schema
from ..const import (
    CONF_ENTITY_ID,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_SPEAKER,
    SpeakerKind,
)
from ..fields import Input
from ..links.errors import LinkError
from .base import refuse
from .microphone import MicrophoneSteps
from .places import Places
from .trials import async_speaker_failure, speaker_of


class SpeakerSteps(MicrophoneSteps):
    """Choose a speaker and see whether it fetches a sound."""

    @override
    async def async_step_speaker(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which speaker is used, and play a chirp on it."""
        places = await Places.async_of(self.hass)
        typed = Input.of(user_input or {})
        words: Mapping[str, str] = {}
        may_insist = schema.CONF_REGARDLESS in typed.values
        if user_input is not None and not typed.errors:
            chosen = _speaker(typed.values[CONF_SPEAKER])
            insists = typed.values.get(schema.CONF_REGARDLESS, False)
            failure = None if insists else await self._async_failure(places, chosen)
            if failure is None:
                self._data[CONF_SPEAKER] = chosen
                return await self.async_step_manners()
            may_insist = True
            words = refuse(typed, failure, CONF_SPEAKER)
        if user_input is None and (stored := self._stored.get(CONF_SPEAKER)):
            typed.values[CONF_SPEAKER] = _choice_of(stored)
        options = places.speakers(self._data[CONF_MICROPHONE])
        form = schema.speaker(options, may_insist=may_insist)
        return await self._async_show("speaker", form, typed, words)

    @abstractmethod
    async def async_step_manners(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how it behaves."""

    async def _async_failure(
        self, places: Places, chosen: Mapping[str, Any]
    ) -> LinkError | None:
        """Return why a speaker cannot be heard.

        What did not change is not tried, nor a tab that may not be open yet.
        """
        microphone = self._data[CONF_MICROPHONE]
        stored = [self._stored.get(end) for end in (CONF_MICROPHONE, CONF_SPEAKER)]
        if chosen[CONF_KIND] == SpeakerKind.BROWSER or [microphone, chosen] == stored:
            return None
        player = chosen.get(CONF_ENTITY_ID) or places.own_player(microphone)
        speaker = speaker_of(self.hass, self._spawn, microphone, player)
        return await async_speaker_failure(speaker)

    def _spawn(self, coro: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start a task of the trial that the account owns."""
        return self._get_entry().async_create_background_task(
            self.hass, coro, f"speaker trial {name}"
        )


def _speaker(choice: str) -> dict[str, str]:
    """Return what is stored for the chosen speaker."""
    if choice in (SpeakerKind.SATELLITE, SpeakerKind.BROWSER):
        return {CONF_KIND: choice}
    return {CONF_KIND: SpeakerKind.MEDIA_PLAYER.value, CONF_ENTITY_ID: choice}


def _choice_of(stored: Mapping[str, Any]) -> str:
    """Return how a stored speaker is called in the list."""
    choice: str = stored.get(CONF_ENTITY_ID, stored[CONF_KIND])
    return choice
