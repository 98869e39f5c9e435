"""Go through the flow of a voice as a person does."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.assist_satellite.const import AssistSatelliteEntityFeature
from homeassistant.components.media_player.const import MediaPlayerEntityFeature
from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import only_subentry
from tests.realtime_server import MODEL

CHARACTER = {
    "name": "Witch",
    "instructions": "You are a witch. It is {{ now().hour }} o'clock.",
    "voice": "marin",
    "model": MODEL,
}
ADDRESS = {"host": "porch.local", "port": 10700}
PLAYER = "media_player.porch"
SECTIONS = (
    "turn_taking",
    "sound",
    "limits",
    "tools",
    "jaw_and_candle",
    "language",
    "effects",
    "ensemble",
    "eyes",
    "memory",
    "privacy",
    "children",
)
ANNOUNCE = AssistSatelliteEntityFeature.ANNOUNCE
STARTS = ANNOUNCE | AssistSatelliteEntityFeature.START_CONVERSATION
UNTOUCHED: dict[str, Any] = {name: {} for name in SECTIONS}
DEFAULT_MANNERS = {
    "barge_in": "auto",
    "echo_tail_ms": 400,
    "min_speech_ms": 300,
    "turn_detection": "server_vad",
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "eagerness": "auto",
    "noise_reduction": "far_field",
    "trims_silence": True,
    "max_duration_s": 240,
    "idle_timeout_s": 20,
    "busy": "tell",
    "cooldown_s": 0,
    "daily_budget_usd": 5.0,
    "monthly_budget_usd": 0.0,
    "joins_broadcasts": False,
    "strangers": True,
    "most_effects": 5,
    "shares_stage": True,
    "hands_over": False,
    "transcripts": "all",
    "safety_rules": True,
    "says_it_is_a_computer": False,
    "picture_edge": 768,
    "looks_again": True,
    "remembers_night": False,
    "remembered_visits": 5,
}
STEPS: Mapping[str, dict[str, Any]] = {
    "user": {"persona": "custom"},
    "reconfigure": {"persona": "keep"},
    "character": CHARACTER,
    "microphone": {"microphone": "address"},
    "address": ADDRESS,
    "speaker": {"speaker": "satellite"},
    "manners": UNTOUCHED,
}
"""What is answered where a test says nothing else."""


async def async_add(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Open the flow for a new voice."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "voice"), context={"source": SOURCE_USER}
    )


async def async_reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry
) -> SubentryFlowResult:
    """Open the flow for the account's voice."""
    return await entry.start_subentry_reconfigure_flow(
        hass, only_subentry(entry).subentry_id
    )


async def async_fill(
    hass: HomeAssistant, result: SubentryFlowResult, values: dict[str, Any]
) -> SubentryFlowResult:
    """Submit the form that is shown."""
    return await hass.config_entries.subentries.async_configure(
        result["flow_id"], values
    )


async def async_go_on(
    hass: HomeAssistant,
    result: SubentryFlowResult,
    until: str | None = None,
    **answers: dict[str, Any],
) -> SubentryFlowResult:
    """Fill in the forms up to a step, or to the end; `answers` are those of steps."""
    while "step_id" in result and result["step_id"] != until:
        step_id = result["step_id"]
        assert not result.get("errors"), (step_id, result["errors"])
        answer = answers[step_id] if step_id in answers else STEPS[step_id]
        result = await async_fill(hass, result, answer)
    return result


async def async_to(
    hass: HomeAssistant, entry: MockConfigEntry, step: str, **answers: dict[str, Any]
) -> SubentryFlowResult:
    """Go to a step of the flow for a new voice."""
    result = await async_go_on(hass, await async_add(hass, entry), step, **answers)
    assert result["step_id"] == step
    return result


def shown(result: SubentryFlowResult) -> dict[str, Any]:
    """Return what a form suggests, section by section."""
    schema = result["data_schema"]
    assert schema is not None
    return _suggested(schema.schema)


def _suggested(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what the fields of a form, or of a section, suggest."""
    found: dict[str, Any] = {}
    for field, value in fields.items():
        if isinstance(value, section):
            found[str(field)] = _suggested(value.schema.schema)
        elif field.description and "suggested_value" in field.description:
            found[str(field)] = field.description["suggested_value"]
    return found


def choices(result: SubentryFlowResult, field: str) -> dict[str, str]:
    """Return what can be chosen in a field, with its text."""
    schema = result["data_schema"]
    assert schema is not None
    return {
        option["value"]: option["label"]
        for option in schema.schema[field].config["options"]
    }


def add_player(
    hass: HomeAssistant,
    features: int = MediaPlayerEntityFeature.PLAY_MEDIA,
    entity_id: str = PLAYER,
) -> None:
    """Add a media player that plays media unless told otherwise."""
    hass.states.async_set(entity_id, "idle", {"supported_features": features})


def add_satellite(
    hass: HomeAssistant,
    platform: str = "esphome",
    model: str = "Atom Echo",
    features: AssistSatelliteEntityFeature = STARTS,
    *,
    speaks: bool = True,
) -> MockConfigEntry:
    """Add a satellite that Home Assistant has, in an area."""
    entry = MockConfigEntry(domain=platform, title="Porch satellite", data=ADDRESS)
    entry.add_to_hass(hass)
    garden = ar.async_get(hass).async_get_or_create("Garden")
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(platform, "porch")},
        name="Porch device",
        model=model,
    )
    dr.async_get(hass).async_update_device(device.id, area_id=garden.id)
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "assist_satellite",
        platform,
        "s",
        config_entry=entry,
        device_id=device.id,
        suggested_object_id="porch",
        supported_features=features,
    )
    if speaks:
        registry.async_get_or_create(
            "media_player",
            platform,
            "m",
            config_entry=entry,
            device_id=device.id,
            suggested_object_id="own",
        )
    return entry
