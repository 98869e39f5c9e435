"""A pipeline of Assist for each voice: made, renamed and removed with it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

from homeassistant.components.assist_pipeline import (
    DOMAIN as ASSIST_PIPELINE_DOMAIN,
    OPTION_PREFERRED,
    async_create_default_pipeline,
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.models import Pipeline
from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_OPTION,
    MATCH_ALL,
    SERVICE_SELECT_OPTION,
    Platform,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import Store
from pydantic import TypeAdapter

from .const import AGENT_ENTITY, DOMAIN, LOGGER, STT_ENTITY, TTS_ENTITY
from .links.errors import PipelineMissing
from .stored import async_read, read

VERSION: Final = 1
_PIPELINE_SELECTS: Final = frozenset({"pipeline", "pipeline_n"})


@dataclass(frozen=True, slots=True)
class _Made:
    """A pipeline that we made."""

    pipeline_id: str
    title: str
    """What the voice was called then: a name that the user gave is not ours."""


_MADE: Final = TypeAdapter(_Made)


@dataclass(frozen=True, slots=True)
class Engines:
    """The entities that do the work of a voice's pipeline."""

    stt: str
    tts: str
    agent: str


class Pipelines:
    """The pipelines of an account's voices, by subentry id."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Make none yet; `async_load` reads which there are."""
        self._hass = hass
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.pipelines.{entry_id}"
        )
        self._made: dict[str, _Made] = {}
        self._lock = asyncio.Lock()

    async def async_load(self) -> None:
        """Read which pipelines were made."""
        self._made = dict(
            await async_read(self._hass, self._store, partial(read, _MADE))
        )

    async def async_sync(self, voices: Mapping[str, ConfigSubentry]) -> None:
        """Have a pipeline for each voice and none for those that are gone.

        The voices' entities must be there.
        """
        for voice_id in self._made.keys() - voices.keys():
            await self._async_remove(voice_id)
        for voice in voices.values():
            try:
                await self.async_ensure(voice)
            except PipelineMissing:
                LOGGER.warning("No pipeline could be made for %s", voice.title)

    async def async_ensure(self, voice: ConfigSubentry) -> str:
        """Return the name of a voice's pipeline, made or mended where need be.

        Raises `PipelineMissing`.
        """
        async with self._lock:
            return await self._async_ensure(voice)

    async def _async_ensure(self, voice: ConfigSubentry) -> str:
        """Make or mend a voice's pipeline, one at a time."""
        engines = engines_of(self._hass, voice.subentry_id)
        if engines is None:
            raise PipelineMissing(voice=voice.title)
        made = self._made.get(voice.subentry_id)
        pipeline = _find(self._hass, made.pipeline_id) if made else None
        if made is None or pipeline is None:
            pipeline = await self._async_create(voice, engines)
        elif made.title != voice.title:
            await self._async_rename(pipeline, voice)
        return await self._async_mend(pipeline.id, engines)

    async def async_remove_all(self) -> None:
        """Remove every pipeline: the account is gone."""
        for voice_id in tuple(self._made):
            await self._async_remove(voice_id)
        await self._store.async_remove()

    async def _async_create(self, voice: ConfigSubentry, engines: Engines) -> Pipeline:
        """Create a voice's pipeline; raise `PipelineMissing`."""
        pipeline = await async_create_default_pipeline(
            self._hass, engines.stt, engines.tts, self._free_name(voice.title)
        )
        if pipeline is None:
            raise PipelineMissing(voice=voice.title)
        # Its first voice is chosen by Home Assistant; the persona knows its own.
        await async_update_pipeline(self._hass, pipeline, tts_voice=None)
        await self._async_keep(voice, pipeline)
        return pipeline

    async def _async_rename(self, pipeline: Pipeline, voice: ConfigSubentry) -> None:
        """Rename a pipeline and choose it again where it was chosen."""
        choosing = _selects_showing(self._hass, pipeline.name)
        name = self._free_name(voice.title, pipeline.id)
        await async_update_pipeline(self._hass, pipeline, name=name)
        await self._async_keep(voice, pipeline)
        for entity_id in choosing:
            await self._hass.services.async_call(
                SELECT_DOMAIN,
                SERVICE_SELECT_OPTION,
                {ATTR_ENTITY_ID: entity_id, ATTR_OPTION: name},
                blocking=True,
            )

    async def _async_mend(self, pipeline_id: str, engines: Engines) -> str:
        """Give a pipeline the voice's engines, whatever was edited; return its name."""
        pipeline = _find(self._hass, pipeline_id)
        assert pipeline is not None
        wanted: dict[str, Any] = {
            "stt_engine": engines.stt,
            "tts_engine": engines.tts,
            "conversation_engine": engines.agent,
            "conversation_language": MATCH_ALL,
            "prefer_local_intents": False,
        }
        stored = pipeline.to_json()
        if any(stored.get(key) != value for key, value in wanted.items()):
            await async_update_pipeline(self._hass, pipeline, **wanted)
        return pipeline.name

    async def _async_remove(self, voice_id: str) -> None:
        """Remove the pipeline of a voice that is gone."""
        made = self._made.pop(voice_id)
        await self._async_save()
        if _find(self._hass, made.pipeline_id) is not None:
            await async_delete_pipeline(self._hass, made.pipeline_id)

    async def _async_keep(self, voice: ConfigSubentry, pipeline: Pipeline) -> None:
        """Remember which pipeline is a voice's."""
        self._made[voice.subentry_id] = _Made(pipeline.id, voice.title)
        await self._async_save()

    async def _async_save(self) -> None:
        """Store at once: a pipeline that was forgotten would be made again."""
        await self._store.async_save(
            {voice_id: asdict(made) for voice_id, made in self._made.items()}
        )

    def _free_name(self, title: str, own_id: str | None = None) -> str:
        """Return a name that no other pipeline has: satellites choose by name."""
        taken = {
            pipeline.name
            for pipeline in async_get_pipelines(self._hass)
            if pipeline.id != own_id
        } | {OPTION_PREFERRED}
        name, number = title, 2
        while name in taken:
            name, number = f"{title} {number}", number + 1
        return name


async def async_delete_pipeline(hass: HomeAssistant, pipeline_id: str) -> None:
    """Delete a pipeline; where it is the preferred one, another becomes that.

    Home Assistant lets nobody but its frontend delete pipelines: this is the one
    place that reaches for its private store. Where that has changed, the pipeline
    stays and is deleted by hand.
    """
    try:
        store = hass.data[ASSIST_PIPELINE_DOMAIN].pipeline_store
        if store.async_get_preferred_item() == pipeline_id:
            others = (item for item in store.data if item != pipeline_id)
            store.async_set_preferred_item(next(others))
        await store.async_delete_item(pipeline_id)
    except Exception as err:  # noqa: BLE001 - it is not ours; anything may be raised
        LOGGER.warning(
            "The pipeline %s could not be deleted, delete it under voice assistants: %r",
            pipeline_id,
            err,
        )


@callback
def _find(hass: HomeAssistant, pipeline_id: str) -> Pipeline | None:
    """Return a pipeline by its id."""
    pipelines: Iterable[Pipeline] = async_get_pipelines(hass)
    return next((each for each in pipelines if each.id == pipeline_id), None)


@callback
def engines_of(hass: HomeAssistant, voice_id: str) -> Engines | None:
    """Return the entities of a voice that a pipeline needs; None without them all."""
    registry = er.async_get(hass)
    found = [
        registry.async_get_entity_id(platform, DOMAIN, f"{voice_id}_{key}")
        for platform, key in (
            (Platform.STT, STT_ENTITY),
            (Platform.TTS, TTS_ENTITY),
            (Platform.CONVERSATION, AGENT_ENTITY),
        )
    ]
    stt, tts, agent = found
    return Engines(stt, tts, agent) if stt and tts and agent else None


@callback
def _selects_showing(hass: HomeAssistant, name: str) -> list[str]:
    """Return the satellites' select entities that a pipeline is chosen in."""
    return [
        entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.domain == SELECT_DOMAIN
        and entry.translation_key in _PIPELINE_SELECTS
        and (state := hass.states.get(entry.entity_id)) is not None
        and state.state == name
    ]
