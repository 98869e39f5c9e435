"""The flow of a voice: who it is, its two ends and its manners."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template
from homeassistant.helpers.translation import async_get_translations

from .. import schema
from ..const import (
    CONF_CALIBRATION,
    CONF_DISPLACED,
    CONF_INSTRUCTIONS,
    CONF_MICROPHONE,
    CONF_MODEL,
    CONF_OPENINGS,
    CONF_PERSONA,
    CONF_PROVIDER,
    CONF_SPEAKER,
    CONF_UNREADABLE,
    CONF_VOICE,
    DEFAULT_MODEL,
    DOMAIN,
    Provider,
)
from ..fields import Input
from ..personas import CUSTOM_PERSONA, Persona, async_get_gallery, async_read_gallery
from .labels import async_choices
from .places import Places
from .rules import api_options, refuse_rules
from .speaker import SpeakerSteps
from .trials import async_account_failure, field_of


class VoiceFlow(SpeakerSteps):
    """Add a voice, or change one."""

    def __init__(self) -> None:
        """Start as nobody."""
        super().__init__()
        self._persona: Persona | None = None

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask who a new voice is."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        return await self._async_choose("user", user_input, keep=None)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether the voice stays who it is."""
        subentry = self._get_reconfigure_subentry()
        self._title, self._stored = subentry.title, subentry.data
        self._data = dict(subentry.data)
        keep = (await Places.async_of(self.hass)).text("keep_persona")
        return await self._async_choose("reconfigure", user_input, keep=keep)

    async def _async_choose(
        self, step_id: str, user_input: dict[str, Any] | None, keep: str | None
    ) -> SubentryFlowResult:
        """Ask for a persona."""
        gallery = await (
            async_read_gallery if user_input is None else async_get_gallery
        )(self.hass)
        typed = Input.of(user_input or {})
        if user_input is not None and not typed.errors:
            choice = typed.values[CONF_PERSONA]
            is_kept = choice == schema.KEEP
            self._persona = self._as_it_is() if is_kept else gallery.get(choice)
            return await self.async_step_character()
        shown = await _async_in_the_users_language(self.hass, gallery.in_order())
        form = schema.gallery(shown, keep=keep)
        return await self._async_show(step_id, form, typed)

    def _as_it_is(self) -> Persona:
        """Return who the voice is now."""
        return Persona(
            self._stored.get(CONF_PERSONA, CUSTOM_PERSONA),
            self._title,
            "",
            self._stored.get(CONF_VOICE, ""),
            self._stored.get(CONF_INSTRUCTIONS, ""),
            tuple(self._stored.get(CONF_OPENINGS, ())),
        )

    async def async_step_character(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for name, instructions, first words, voice and model."""
        if (persona := self._persona) is None:
            return await self.async_step_user()
        typed = Input.of(user_input or {})
        words: Mapping[str, str] = {}
        if user_input is None:
            typed.values = self._kept(persona) if self._stored else {}
        else:
            persona = replace(persona, openings=())  # They may have been emptied.
            if not typed.errors:
                words = await self._async_refuse_character(typed)
            if not typed.errors:
                self._take_character(typed.values, persona.id)
                return await self.async_step_microphone()
        provider = self._get_entry().data.get(CONF_PROVIDER, Provider.COMPATIBLE)
        form = schema.character(persona, Provider(provider))
        return await self._async_show("character", form, typed, words)

    def _kept(self, persona: Persona) -> dict[str, Any]:
        """Return what a new persona does not change: the voice's name and model."""
        model = self._stored.get(CONF_MODEL, DEFAULT_MODEL)
        kept = {CONF_NAME: self._title, CONF_MODEL: model}
        if persona.voice == self._stored.get(CONF_VOICE):
            kept[CONF_VOICE] = persona.voice
        return kept

    def _take_character(self, given: Mapping[str, Any], persona_id: str) -> None:
        """Take over what was filled in."""
        self._data.pop(CONF_OPENINGS, None)  # An emptied field is not sent.
        self._data.update(given)
        self._data[CONF_PERSONA] = persona_id
        self._title = self._data.pop(CONF_NAME).strip()

    async def _async_refuse_character(self, typed: Input) -> Mapping[str, str]:
        """Say what is wrong with a character; return the words that explain it."""
        given = typed.values
        for name in (CONF_NAME, CONF_VOICE, CONF_MODEL):
            if not given[name].strip():
                typed.refuse(f"{name}_missing", name)
        if typed.errors:
            return {}
        if error := self._template_error(given[CONF_INSTRUCTIONS]):
            typed.refuse("template_failed", CONF_INSTRUCTIONS)
            return {"error": error}
        for opening in given.get(CONF_OPENINGS, ()):
            if error := self._template_error(opening):
                typed.refuse("template_failed", CONF_OPENINGS)
                return {"error": error}
        return await self._async_refuse_model(typed)

    def _template_error(self, template: str) -> str | None:
        """Return why a template cannot be rendered."""
        try:
            Template(template, self.hass).async_render(parse_result=False)
        except TemplateError as err:
            return str(err)
        return None

    async def _async_refuse_model(self, typed: Input) -> Mapping[str, str]:
        """Try a model that is new; return the server's words."""
        model = typed.values[CONF_MODEL]
        if model == self._stored.get(CONF_MODEL):
            return {}
        account = self._get_entry().data
        failure = await async_account_failure(self.hass, account, model)
        if failure is None:
            return {}
        field = field_of(failure)
        typed.errors[field if field == CONF_MODEL else "base"] = failure.translation_key
        return failure.placeholders

    @override
    async def async_step_manners(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how it takes turns, what limits it, what it may do and tell."""
        typed = Input.of(user_input or {})
        words: Mapping[str, str] = {}
        if user_input is None:
            named = self._persona.manners if self._persona else {}
            typed.values = schema.fold({**self._stored, **named})
        elif not typed.errors:
            words = self._refuse_manners(typed)
            if not typed.errors:
                self._take_manners(schema.unfold(typed.values))
                return self._finish()
        apis = api_options(self.hass, self._stored.get("llm_apis", ()))
        followed = await async_choices(self.hass, schema.FOLLOWS)
        form = schema.manners(apis, followed)
        return await self._async_show("manners", form, typed, words)

    def _refuse_manners(self, typed: Input) -> Mapping[str, str]:
        """Say what does not go together; return the words that explain it."""
        limits = typed.values.get("limits", {})
        if ("quiet_from" in limits) != ("quiet_until" in limits):
            missing = "quiet_until" if "quiet_from" in limits else "quiet_from"
            typed.refuse("quiet_hours_incomplete", "limits", missing)
            return {}
        return refuse_rules(self.hass, typed)

    def _take_manners(self, chosen: Mapping[str, Any]) -> None:
        """Take the manners over; a field that was emptied is stored no more."""
        for field in schema.MANNERS_FIELDS:
            self._data.pop(field, None)
        for field in (CONF_DISPLACED, CONF_UNREADABLE):
            self._data.pop(field, None)
        self._data.update(chosen)

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
            reason="reconfigure_successful",
        )


async def _async_in_the_users_language(
    hass: HomeAssistant, personas: Iterable[Persona]
) -> list[Persona]:
    """Return personas described in the user's language; the user's own stay as they are."""
    prefix = f"component.{DOMAIN}.common.persona_"
    english, texts = [
        await async_get_translations(hass, language, "common", [DOMAIN])
        for language in ("en", hass.config.language)
    ]
    return [
        replace(one, description=texts[key])
        if english.get(key := prefix + one.id) == one.description
        else one
        for one in personas
    ]
