"""Who hears what a voice answers to its ears: its pipeline, or only parts of it."""

from dataclasses import dataclass
from enum import Enum, auto

from homeassistant.components.assist_pipeline import (
    DOMAIN as ASSIST_PIPELINE_DOMAIN,
    PipelineEventType,
    async_get_pipelines,
)
from homeassistant.components.assist_pipeline.models import Pipeline
from homeassistant.core import HomeAssistant, callback

from .pipelines import Engines, engines_of


class Answering(Enum):
    """What is to be asked of the model when somebody has spoken."""

    AT_ONCE = auto()
    """Its answer: it is certain that whoever speaks will hear it."""

    WHEN_ASKED = auto()
    """Nothing before the voice's agent is asked, which may never be."""

    IN_WRITING = auto()
    """The same, and then words only: nobody hears the voice say them."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of a pipeline."""

    pipeline: Pipeline
    is_heard: bool
    """It ends with sound."""


@callback
def answering(hass: HomeAssistant, voice_id: str, conversation_id: str) -> Answering:
    """Return what to ask for a turn of a conversation in Assist."""
    engines = engines_of(hass, voice_id)
    if engines is None:
        return Answering.WHEN_ASKED
    if (run := _running(hass, conversation_id)) is not None:
        return _in_run(run, engines)
    all_runs = {
        _in_run(_Run(pipeline, is_heard=True), engines)
        for pipeline in async_get_pipelines(hass)
        if pipeline.stt_engine == engines.stt
    }
    return all_runs.pop() if len(all_runs) == 1 else Answering.WHEN_ASKED


def _in_run(run: _Run, engines: Engines) -> Answering:
    """Return what to ask for in a run."""
    pipeline = run.pipeline
    if pipeline.conversation_engine != engines.agent:
        return Answering.WHEN_ASKED
    if pipeline.tts_engine != engines.tts or not run.is_heard:
        return Answering.IN_WRITING
    if pipeline.prefer_local_intents:
        return Answering.WHEN_ASKED
    return Answering.AT_ONCE


@callback
def _running(hass: HomeAssistant, conversation_id: str) -> _Run | None:
    """Return the run of a pipeline in a conversation.

    Home Assistant does not tell a pipeline's stage in which run it works; this is the
    one place that looks it up in the record kept for its own debug page. None where
    that has changed: then all pipelines tell what may be asked.
    """
    try:
        records = hass.data[ASSIST_PIPELINE_DOMAIN].pipeline_debug
        for pipeline in async_get_pipelines(hass):
            for record in reversed(records.get(pipeline.id, {}).values()):
                began, last = record.events[0], record.events[-1]
                if (
                    began.data["conversation_id"] == conversation_id
                    and last.type is not PipelineEventType.RUN_END
                ):
                    return _Run(pipeline, is_heard="tts_output" in began.data)
    except AttributeError, IndexError, KeyError, TypeError:
        pass
    return None
