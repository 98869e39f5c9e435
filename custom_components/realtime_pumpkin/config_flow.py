"""How an account is added, and a voice to it."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.media_player.const import (
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    MediaPlayerEntityFeature,
)
from homeassistant.components.wyoming import DOMAIN as WYOMING_DOMAIN
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import (
    ATTR_SUPPORTED_FEATURES,
    CONF_API_KEY,
    CONF_NAME,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template
import probatio
from yarl import URL

from . import schema
from .client import async_check_account, create_account, normalize_url
from .const import (
    CONF_BASE_URL,
    CONF_CALIBRATION,
    CONF_ENTITY_ID,
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_MODEL,
    CONF_PORT,
    CONF_SCRIPTS,
    CONF_SPEAKER,
    DEFAULT_BASE_URL,
    DEFAULT_MODEL,
    DOMAIN,
    SUBENTRY_VOICE,
    MicrophoneKind,
    SpeakerKind,
)
from .links.errors import LinkError, SpeakerUnavailable
from .links.wyoming_handshake import async_probe
from .realtime.errors import ErrorKind, RealtimeError

FIELDS: Final[Mapping[ErrorKind, str]] = {
    ErrorKind.AUTH: CONF_API_KEY,
    ErrorKind.UNREACHABLE: CONF_BASE_URL,
    ErrorKind.WRONG_URL: CONF_BASE_URL,
    ErrorKind.TLS: CONF_BASE_URL,
    ErrorKind.MODEL: CONF_MODEL,
}
"""The field that a failure of the account points at; the others at the form."""

KEYS_URL: Final = "https://platform.openai.com/api-keys"


class SatelliteTaken(LinkError):
    """Home Assistant's own Wyoming integration holds the satellite (`name`)."""

    translation_key = "satellite_taken"


class SpeakerCannotPlay(LinkError):
    """The media player plays no media that it is given (`entity_id`)."""

    translation_key = "speaker_cannot_play"


def form_errors(failure: RealtimeError, form: probatio.Schema) -> dict[str, str]:
    """Return the failure at its field, or at the form that has no such field."""
    field = FIELDS.get(failure.kind)
    place = field if field is not None and field in form.schema else "base"
    return {place: failure.translation_key}


async def async_account_failure(
    hass: HomeAssistant, account: Mapping[str, Any], model: str
) -> RealtimeError | None:
    """Return why the account does not open a session with the model."""
    try:
        await async_check_account(create_account(hass, account), model)
    except RealtimeError as err:
        return err
    return None


class RealtimePumpkinConfigFlow(ConfigFlow, domain=DOMAIN):
    """Add an account: a key at a Realtime server."""

    VERSION = 1

    def __init__(self) -> None:
        """Start without a failure."""
        self._failure: RealtimeError | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to an account."""
        return {SUBENTRY_VOICE: VoiceFlow}

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the key and the server."""
        if user_input and (data := await self._async_accepted(user_input)):
            return self.async_create_entry(title=_title(data), data=data)
        return self._show("user", schema.ACCOUNT, user_input)

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Lead on to the first voice."""
        voice = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_VOICE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        if voice["type"] is FlowResultType.FORM:
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, voice["flow_id"])
        return result

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start over with the key, which the server refused."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new key."""
        entry = self._get_reauth_entry()
        if user_input and (
            data := await self._async_accepted({**entry.data, **user_input})
        ):
            return self._async_update(entry, data)
        return self._show("reauth_confirm", schema.REAUTH, None)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another key or another server."""
        entry = self._get_reconfigure_entry()
        if user_input and (
            data := await self._async_accepted({**entry.data, **user_input})
        ):
            return self._async_update(entry, data)
        shown = {CONF_BASE_URL: entry.data[CONF_BASE_URL], **(user_input or {})}
        return self._show("reconfigure", schema.RECONFIGURE, shown)

    async def _async_accepted(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the account's data, or None where the server refuses them."""
        try:
            url = normalize_url(given[CONF_BASE_URL])
        except RealtimeError as err:
            self._failure = err
            return None
        data = {CONF_API_KEY: given[CONF_API_KEY].strip(), CONF_BASE_URL: url}
        self._async_abort_entries_match(data)
        failure = await async_account_failure(self.hass, data, DEFAULT_MODEL)
        # Another server has other models; the voice's form asks for its own.
        if failure and failure.kind is not ErrorKind.MODEL:
            self._failure = failure
            return None
        return data

    def _async_update(
        self, entry: ConfigEntry, data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Store the account; a loaded entry reloads by its own listener."""
        if entry.update_listeners:
            return self.async_update_and_abort(entry, data_updates=data)
        return self.async_update_reload_and_abort(entry, data_updates=data)

    def _show(
        self, step_id: str, form: probatio.Schema, values: Mapping[str, Any] | None
    ) -> ConfigFlowResult:
        """Show a form, with the failure of its last submission."""
        failure, self._failure = self._failure, None
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form, values),
            errors=form_errors(failure, form) if failure else {},
            description_placeholders={
                "error": failure.message if failure else "",
                "keys_url": KEYS_URL,
            },
        )


class VoiceFlow(ConfigSubentryFlow):
    """Add a voice, or change one: who it is, its two ends and its manners."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._title = ""
        self._stored: Mapping[str, Any] = {}
        self._data: dict[str, Any] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask who a new voice is."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        return await self._async_persona("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask who the voice shall be."""
        subentry = self._get_reconfigure_subentry()
        self._title, self._stored = subentry.title, subentry.data
        return await self._async_persona("reconfigure", user_input)

    async def _async_persona(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """Ask for name, instructions, voice and model."""
        errors: dict[str, str] = {}
        placeholders = {"error": ""}
        if user_input is not None:
            errors, placeholders = await self._async_persona_errors(user_input)
            if not errors:
                self._data = dict(self._stored)
                self._data.pop(CONF_SCRIPTS, None)  # An emptied field is not sent.
                self._data.update(user_input)
                self._title = self._data.pop(CONF_NAME).strip()
                return await self.async_step_microphone()
        shown = user_input or {CONF_NAME: self._title or None, **self._stored}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema.PERSONA, shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_persona_errors(
        self, given: Mapping[str, Any]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return what is wrong with a persona, and the words that explain it."""
        if not given[CONF_NAME].strip():
            return {CONF_NAME: "name_missing"}, {"error": ""}
        try:
            Template(given[CONF_INSTRUCTIONS], self.hass).async_render(
                parse_result=False
            )
        except TemplateError as err:
            return {CONF_INSTRUCTIONS: "template_failed"}, {"error": str(err)}
        model = given[CONF_MODEL]
        if model == self._stored.get(CONF_MODEL):
            return {}, {}
        failure = await async_account_failure(self.hass, self._get_entry().data, model)
        if failure is None:
            return {}, {}
        return form_errors(failure, schema.PERSONA), failure.placeholders

    async def async_step_microphone(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the satellite and see whether it listens to us."""
        failure: LinkError | None = None
        stored = self._stored.get(CONF_MICROPHONE, {})
        if user_input is not None:
            chosen = {
                CONF_KIND: MicrophoneKind.WYOMING.value,
                CONF_HOST: user_input[CONF_HOST].strip(),
                CONF_PORT: user_input[CONF_PORT],
            }
            if chosen != stored:
                failure = await self._async_satellite_failure(chosen)
            if failure is None:
                self._data[CONF_MICROPHONE] = chosen
                return await self.async_step_speaker()
        return self._show_end(
            "microphone", schema.MICROPHONE, user_input or stored, CONF_HOST, failure
        )

    async def async_step_speaker(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a media player; without one the satellite speaks itself."""
        failure: LinkError | None = None
        if user_input is not None:
            failure = self._speaker_failure(user_input.get(CONF_ENTITY_ID))
            if failure is None:
                self._data[CONF_SPEAKER] = _speaker(user_input.get(CONF_ENTITY_ID))
                return await self.async_step_manners()
        shown = user_input or self._stored.get(CONF_SPEAKER, {})
        return self._show_end("speaker", schema.SPEAKER, shown, CONF_ENTITY_ID, failure)

    async def async_step_manners(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how it takes turns, what limits it and how it treats children."""
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = schema.unfold(user_input)
            if ("quiet_from" in chosen) == ("quiet_until" in chosen):
                self._take(chosen)
                return self._finish()
            errors = {"base": "quiet_hours_incomplete"}
        shown = user_input or schema.fold(self._stored)
        return self.async_show_form(
            step_id="manners",
            data_schema=self.add_suggested_values_to_schema(schema.MANNERS, shown),
            errors=errors,
        )

    def _take(self, chosen: Mapping[str, Any]) -> None:
        """Take the manners over; a field that was emptied is stored no more."""
        for field in schema.MANNERS_FIELDS:
            self._data.pop(field, None)
        self._data.update(chosen)

    def _show_end(
        self,
        step_id: str,
        form: probatio.Schema,
        shown: Mapping[str, Any],
        field: str,
        failure: LinkError | None,
    ) -> SubentryFlowResult:
        """Show the form of an audio end, with what its device answered."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form, shown),
            errors={field: failure.translation_key} if failure else {},
            description_placeholders=failure.placeholders if failure else None,
        )

    async def _async_satellite_failure(
        self, chosen: Mapping[str, Any]
    ) -> LinkError | None:
        """Return why the satellite cannot be the microphone."""
        host, port = chosen[CONF_HOST], chosen[CONF_PORT]
        for entry in self.hass.config_entries.async_entries(
            WYOMING_DOMAIN, include_disabled=False, include_ignore=False
        ):
            if (entry.data.get(CONF_HOST), entry.data.get(CONF_PORT)) == (host, port):
                return SatelliteTaken(name=entry.title)
        try:
            await async_probe(host, port)
        except LinkError as err:
            return err
        return None

    def _speaker_failure(self, entity_id: str | None) -> LinkError | None:
        """Return why the media player cannot be the speaker."""
        if entity_id is None:
            return None
        if split_entity_id(entity_id)[0] != MEDIA_PLAYER_DOMAIN:
            return SpeakerCannotPlay(entity_id=entity_id)
        if (player := self.hass.states.get(entity_id)) is None:
            return SpeakerUnavailable(entity_id=entity_id)
        if player.state == STATE_UNAVAILABLE:
            return None  # switched off now, but there
        features = player.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
        if not features & MediaPlayerEntityFeature.PLAY_MEDIA:
            return SpeakerCannotPlay(entity_id=entity_id)
        return None

    def _finish(self) -> SubentryFlowResult:
        """Store the voice; another microphone or speaker was not measured."""
        ends = (CONF_MICROPHONE, CONF_SPEAKER)
        if any(self._data[end] != self._stored.get(end) for end in ends):
            self._data.pop(CONF_CALIBRATION, None)
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=self._title, data=self._data)
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self._title,
            data=self._data,
        )


def _speaker(entity_id: str | None) -> dict[str, str]:
    """Return what is stored for the chosen speaker."""
    if entity_id is None:
        return {CONF_KIND: SpeakerKind.SATELLITE.value}
    return {CONF_KIND: SpeakerKind.MEDIA_PLAYER.value, CONF_ENTITY_ID: entity_id}


def _title(account: Mapping[str, Any]) -> str:
    """Name an account by its server."""
    if account[CONF_BASE_URL] == DEFAULT_BASE_URL:
        return "OpenAI"
    return URL(account[CONF_BASE_URL]).authority
