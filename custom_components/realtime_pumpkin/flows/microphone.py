"""The steps of where a voice listens."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    OperationNotAllowed,
    SubentryFlowResult,
)
from homeassistant.core import callback

from .. import schema
from ..const import (
    CONF_DISABLED_ENTRY_ID,
    CONF_ENTITY_ID,
    CONF_HOST,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_PORT,
    MicrophoneKind,
)
from ..disabled_entries import async_get_disabled_entries, async_return_unused, holder
from ..fields import Input
from ..links.errors import LinkError, SatelliteTaken
from ..links.wyoming_handshake import async_probe
from .base import VoiceSteps, refuse
from .discovery import async_found, split_address
from .places import ADDRESS, Places, choice_of

_DIRECT: Final = "direct"


class MicrophoneSteps(VoiceSteps):
    """Choose a satellite and see whether it listens to us."""

    def __init__(self) -> None:
        """Borrow no satellite yet."""
        super().__init__()
        self._lender: ConfigEntry | None = None

    async def async_step_microphone(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which of the house's satellites listens."""
        places = await Places.async_of(self.hass)
        stored = self._stored.get(CONF_MICROPHONE, {})
        typed = Input.of(user_input or {})
        if user_input is not None and not typed.errors:
            choice = typed.values[CONF_MICROPHONE]
            if (
                onward := await self._async_choose_microphone(places, choice)
            ) is not None:
                return onward
            typed.refuse("no_speaker_fits", CONF_MICROPHONE)
        form = schema.microphone(places.microphones(stored))
        if user_input is None and (choice := choice_of(stored)):
            typed.values[CONF_MICROPHONE] = choice
        return await self._async_show("microphone", form, typed)

    async def _async_choose_microphone(
        self, places: Places, choice: str
    ) -> SubentryFlowResult | None:
        """Go on with a choice; None where nothing could speak beside it."""
        stored = self._stored.get(CONF_MICROPHONE, {})
        if choice == ADDRESS:
            return await self.async_step_address()
        if choice == choice_of(stored):
            return await self._async_listen(stored)
        kind, _, subject = choice.partition(":")
        if kind == _DIRECT:
            self._lender = self.hass.config_entries.async_get_entry(subject)
            return await self.async_step_consent()
        chosen = {CONF_KIND: kind}
        if subject:
            chosen[CONF_ENTITY_ID] = subject
        if not places.speakers(chosen):
            return None
        return await self._async_listen(chosen)

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a satellite's address and try it."""
        typed = Input.of(user_input or {})
        stored = self._stored.get(CONF_MICROPHONE, {})
        words: Mapping[str, str] = {}
        if user_input is not None and not typed.errors:
            host, port = split_address(typed.values[CONF_HOST], typed.values[CONF_PORT])
            chosen = _wyoming(host, port)
            failure = None
            if chosen != stored:
                failure = await self._async_satellite_failure(host, port)
            if failure is None:
                return await self._async_listen(chosen)
            words = refuse(typed, failure, CONF_HOST)
        if user_input is None and choice_of(stored) == ADDRESS:
            typed.values = {key: stored[key] for key in (CONF_HOST, CONF_PORT)}
        form = schema.address(await async_found(self.hass))
        return await self._async_show("address", form, typed, words)

    async def async_step_consent(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether Home Assistant may let go of its satellite."""
        if self._lender is None:
            return await self.async_step_microphone()
        typed = Input.of(user_input or {})
        words = {"name": self._lender.title}
        if user_input is not None and not typed.errors:
            if typed.values[schema.CONF_CONSENT]:
                failure = await self._async_take_over(self._lender)
                if failure is None:
                    return await self._async_listen(_borrowed(self._lender))
                words |= refuse(typed, failure, schema.CONF_CONSENT)
            else:
                typed.refuse("consent_missing", schema.CONF_CONSENT)
        return await self._async_show("consent", schema.CONSENT, typed, words)

    async def _async_listen(self, chosen: Mapping[str, Any]) -> SubentryFlowResult:
        """Take a microphone and go on."""
        self._data[CONF_MICROPHONE] = dict(chosen)
        return await self.async_step_speaker()

    @abstractmethod
    async def async_step_speaker(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the speaker."""

    async def _async_take_over(self, lender: ConfigEntry) -> LinkError | None:
        """Disable Home Assistant's entry and try the satellite; else give it back."""
        entries = async_get_disabled_entries(self.hass)
        try:
            await entries.async_borrow(lender.entry_id)
            await async_probe(lender.data[CONF_HOST], lender.data[CONF_PORT])
        except OperationNotAllowed:
            failure: LinkError = SatelliteTaken(name=lender.title)
        except LinkError as err:
            failure = err
        else:
            return None
        entries.release(lender.entry_id)
        await entries.async_give_back()
        return failure

    async def _async_satellite_failure(self, host: str, port: int) -> LinkError | None:
        """Return why the satellite cannot be the microphone."""
        if (entry := holder(self.hass, host, port)) is not None:
            return SatelliteTaken(name=entry.title)
        try:
            await async_probe(host, port)
        except LinkError as err:
            return err
        return None

    @callback
    @override
    def async_remove(self) -> None:
        """Give back what this flow has borrowed, unless the voice now needs it."""
        if self._lender is not None:
            async_get_disabled_entries(self.hass).release(self._lender.entry_id)
            async_return_unused(self.hass)


def _wyoming(host: str, port: int) -> dict[str, Any]:
    """Return what is stored for a Wyoming satellite of our own."""
    return {CONF_KIND: MicrophoneKind.WYOMING.value, CONF_HOST: host, CONF_PORT: port}


def _borrowed(lender: ConfigEntry) -> dict[str, Any]:
    """Return what is stored for a satellite that was Home Assistant's."""
    satellite = _wyoming(lender.data[CONF_HOST], lender.data[CONF_PORT])
    return {**satellite, CONF_DISABLED_ENTRY_ID: lender.entry_id}
