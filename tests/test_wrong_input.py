"""Tests of wrong input in each field of each form.

Every field of every form is in the tables below; a test says so. What is wrong is
told at the field, in words of the translations, and the flow goes on after it.
"""

import json
from pathlib import Path
from string import Formatter
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin import schema
from custom_components.realtime_pumpkin.const import DOMAIN, Provider
from custom_components.realtime_pumpkin.links.errors import SpeakerUnavailable
from custom_components.realtime_pumpkin.personas import async_get_gallery
from tests.realtime_server import KEY
from tests.test_config_flow import async_open
from tests.voice_flow import (
    ADDRESS,
    CHARACTER,
    add_player,
    add_satellite,
    async_add,
    async_fill,
    async_go_on,
    async_to,
)

TEXTS = json.loads(
    (Path(schema.__file__).parents[1] / "translations/en.json").read_text(
        encoding="utf-8"
    )
)
STEPS = TEXTS["config_subentries"]["voice"]["step"]

ACCOUNT = [
    ("provider", "nobody", "value_invalid"),
    ("provider", 7, "value_invalid"),
    ("api_key", "", "account_auth"),
    ("api_key", "sk-1\nHost: evil", "account_auth"),
    ("api_key", 7, "value_invalid"),
    ("base_url", "api.openai.com", "base_url_invalid"),
    ("base_url", "ftp://porch/v1", "base_url_invalid"),
    ("base_url", "http://", "base_url_invalid"),
    ("base_url", 7, "value_invalid"),
    ("base_url", "http://127.0.0.1:1/v1", "account_unreachable"),
    ("organization", "org\nevil", "organization_invalid"),
    ("organization", 7, "value_invalid"),
]
VOICE = [
    ("user", "persona", "nobody", "value_invalid"),
    ("character", "name", "  ", "name_missing"),
    ("character", "name", 7, "value_invalid"),
    ("character", "name", "A" * 256, "value_invalid"),
    ("character", "voice", "A" * 256, "value_invalid"),
    ("character", "instructions", "{{ 1 / 0 }}", "template_failed"),
    ("character", "instructions", "{{ unclosed", "template_failed"),
    ("character", "instructions", "{{ no_such_function() }}", "template_failed"),
    ("character", "instructions", 7, "value_invalid"),
    ("character", "openings", ["{{ unclosed"], "template_failed"),
    ("character", "openings", "no list", "value_invalid"),
    ("character", "voice", " ", "voice_missing"),
    ("character", "voice", 7, "value_invalid"),
    ("character", "model", " ", "model_missing"),
    ("character", "model", None, "value_invalid"),
    ("microphone", "microphone", "assist:nothing", "value_invalid"),
    ("address", "host", 7, "value_invalid"),
    ("address", "port", 0, "number_out_of_range"),
    ("address", "port", 65536, "number_out_of_range"),
    ("address", "port", "many", "number_out_of_range"),
    ("consent", "consent", False, "consent_missing"),
    ("consent", "consent", "please", "value_invalid"),
    ("speaker", "speaker", "light.porch", "value_invalid"),
    ("speaker", "regardless", "please", "value_invalid"),
]
MANNERS = [
    ("turn_taking", "barge_in", "never", "value_invalid"),
    ("turn_taking", "echo_tail_ms", -1, "number_out_of_range"),
    ("turn_taking", "min_speech_ms", 2001, "number_out_of_range"),
    ("turn_taking", "turn_detection", "magic", "value_invalid"),
    ("turn_taking", "threshold", 1.5, "number_out_of_range"),
    ("turn_taking", "prefix_padding_ms", -5, "number_out_of_range"),
    ("turn_taking", "silence_duration_ms", 99, "number_out_of_range"),
    ("turn_taking", "eagerness", "very", "value_invalid"),
    ("turn_taking", "noise_reduction", "all", "value_invalid"),
    ("turn_taking", "trims_silence", "perhaps", "value_invalid"),
    ("sound", "speaker_volume", 101, "number_out_of_range"),
    ("limits", "max_duration_s", 9, "number_out_of_range"),
    ("limits", "idle_timeout_s", 601, "number_out_of_range"),
    ("limits", "busy", "panic", "value_invalid"),
    ("limits", "cooldown_s", -1, "number_out_of_range"),
    ("limits", "quiet_from", "tea time", "value_invalid"),
    ("limits", "quiet_until", "25:00:00", "value_invalid"),
    ("limits", "daily_budget_usd", -0.01, "number_out_of_range"),
    ("limits", "monthly_budget_usd", "all of it", "number_out_of_range"),
    ("tools", "scripts", ["light.porch"], "value_invalid"),
    ("tools", "scripts", ["no entity"], "value_invalid"),
    ("tools", "llm_apis", ["nobody"], "value_invalid"),
    ("tools", "exposed_entities", "light.porch, light.hall", "value_invalid"),
    ("tools", "strangers", "perhaps", "value_invalid"),
    ("tools", "sensitive", ["no entity"], "value_invalid"),
    ("tools", "confirmation_phrase", 7, "value_invalid"),
    ("limits", "joins_broadcasts", "perhaps", "value_invalid"),
    *(
        ("jaw_and_candle", "level_targets", wrong, "level_targets_invalid")
        for wrong in (
            "light.porch",
            {"entity_id": "light.porch"},
            [{"follows": "voice"}],
            [{"entity_id": "lock.door"}],
            [{"entity_id": "cover.garage"}],
            [{"entity_id": 7}],
            [7],
            [{"entity_id": "light.porch", "colour": "red"}],
            [{"entity_id": "light.porch"}, {"entity_id": "light.porch"}],
            [{"entity_id": f"light.porch_{number}"} for number in range(17)],
            [{"entity_id": "light.porch", "lowest": 60, "highest": 50}],
            [{"entity_id": "light.porch", "highest": 101}],
            [{"entity_id": "switch.eyes", "lowest": -1}],
            [{"entity_id": "number.jaw", "lowest": "shut"}],
            [{"entity_id": "light.porch", "follows": "the moon"}],
            [{"entity_id": "light.porch", "attack_ms": -1}],
            [{"entity_id": "light.porch", "release_ms": 5001}],
            [{"entity_id": "light.porch", "offset_ms": 1001}],
            [{"entity_id": "light.porch", "calls_per_second": 0}],
            [{"entity_id": "light.porch", "calls_per_second": 26}],
            [{"entity_id": "light.porch", "transition_ms": "slow"}],
            [{"entity_id": "light.porch", "is_candle": 7}],
        )
    ),
    ("language", "language", "  ", "value_invalid"),
    ("language", "language", "English\nand obey", "value_invalid"),
    ("effects", "effects", ["explosion"], "value_invalid"),
    ("effects", "effects", "laugh", "value_invalid"),
    ("effects", "most_effects", 0, "number_out_of_range"),
    ("ensemble", "shares_stage", "sometimes", "value_invalid"),
    ("ensemble", "stage_name", 7, "value_invalid"),
    ("ensemble", "hands_over", "please", "value_invalid"),
    ("privacy", "transcripts", "some", "value_invalid"),
    ("children", "safety_rules", "mostly", "value_invalid"),
    ("children", "says_it_is_a_computer", 7, "value_invalid"),
    ("eyes", "camera", "light.porch", "value_invalid"),
    ("eyes", "picture_edge", 255, "number_out_of_range"),
    ("eyes", "looks_again", "perhaps", "value_invalid"),
    ("memory", "remembers_night", "perhaps", "value_invalid"),
    ("memory", "remembered_visits", 21, "number_out_of_range"),
    ("memory", "night_ends", "late", "value_invalid"),
]


async def test_every_field_of_every_form_is_in_the_tables(hass: HomeAssistant) -> None:
    """A new field has to say what it does not take."""
    account = {
        field
        for name, value in schema.ACCOUNT.schema.items()
        for field in (value.schema.schema if isinstance(value, section) else [name])
    }
    assert account == {field for field, _, _ in ACCOUNT}
    assert {field for _, field, _, _ in MANNERS} == schema.MANNERS_FIELDS
    gallery = await async_get_gallery(hass)
    forms = {
        "user": schema.gallery(gallery.in_order(), keep=None),
        "character": schema.character(gallery.get("custom"), Provider.OPENAI),
        "microphone": schema.microphone([{"value": "a", "label": "A"}]),
        "address": schema.address([]),
        "consent": schema.CONSENT,
        "speaker": schema.speaker([{"value": "a", "label": "A"}], may_insist=True),
    }
    fields = {
        (step, str(field)) for step, form in forms.items() for field in form.schema
    }
    assert fields == {(step, field) for step, field, _, _ in VOICE}


@pytest.mark.parametrize(("field", "value", "error"), ACCOUNT)
@pytest.mark.usefixtures("homeassistant_component")
async def test_wrong_input_in_an_accounts_form_is_told_at_its_field(
    hass: HomeAssistant, realtime_url: str, field: str, value: Any, error: str
) -> None:
    """The same form takes what is right afterwards."""
    right: dict[str, Any] = {
        "provider": "compatible",
        "api_key": KEY,
        "advanced": {"base_url": realtime_url},
    }
    is_advanced = field in {"base_url", "organization"}
    advanced = {**right["advanced"], **({field: value} if is_advanced else {})}
    wrong = {**right, "advanced": advanced}
    if not is_advanced:
        wrong[field] = value
    flow = hass.config_entries.flow
    result = await async_open(hass)
    result = await flow.async_configure(result["flow_id"], wrong)
    assert result["errors"] is not None
    assert result["errors"][field] == error
    assert set(result["errors"]) == ({field, "advanced"} if is_advanced else {field})
    text = TEXTS["config"]["error"][error]
    words = said(text, result["description_placeholders"])
    part = TEXTS["config"]["step"]["account"]
    labels = (part["sections"]["advanced"] if is_advanced else part)["data"]
    if error == "value_invalid" or error.startswith(("base_url", "organization")):
        assert labels[field] in words
    result = await flow.async_configure(result["flow_id"], right)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("homeassistant_component")
async def test_a_server_without_an_address_of_its_own_needs_one(
    hass: HomeAssistant,
) -> None:
    """Azure has one for each resource."""
    flow = hass.config_entries.flow
    for provider in ("azure", "compatible"):
        result = await async_open(hass)
        typed = {"provider": provider, "api_key": KEY}
        result = await flow.async_configure(result["flow_id"], typed)
        assert result["errors"] == dict.fromkeys(
            ("advanced", "base_url"), "base_url_missing"
        )
        flow.async_abort(result["flow_id"])


@pytest.mark.parametrize(("field", "value", "error"), ACCOUNT)
async def test_wrong_input_while_reconfiguring_is_told_as_well(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    field: str,
    value: Any,
    error: str,
) -> None:
    """What is stored stays as it is."""
    before = dict(loaded_entry.data)
    form = await loaded_entry.start_reconfigure_flow(hass)
    typed: dict[str, Any] = {
        "provider": "compatible",
        "advanced": {"base_url": before["base_url"]},
    }
    if field in {"base_url", "organization"}:
        typed["advanced"][field] = value
    else:
        typed[field] = value
    result = await hass.config_entries.flow.async_configure(form["flow_id"], typed)
    assert result["errors"] is not None
    assert result["errors"][field] == error
    assert loaded_entry.data == before


@pytest.mark.parametrize(("step", "field", "value", "error"), VOICE)
@pytest.mark.usefixtures("probe", "trial")
async def test_wrong_input_in_a_voices_form_is_told_at_its_field(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    step: str,
    field: str,
    value: Any,
    error: str,
    trial: Any,
) -> None:
    """In words that name it, and the flow goes on to its end."""
    result = await _async_at(hass, loaded_entry, step, field, trial)
    right = RIGHT[step]
    result = await async_fill(hass, result, {**right, field: value})
    assert result["errors"] == {field: error}
    text = TEXTS["config_subentries"]["voice"]["error"][error]
    words = said(text, result["description_placeholders"])
    if "{fields}" in text:
        assert STEPS[step]["data"][field] in words
    if step == "consent":
        hass.config_entries.subentries.async_abort(result["flow_id"])
        await hass.async_block_till_done()
        return
    result = await async_fill(hass, result, right)
    result = await async_go_on(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


RIGHT: dict[str, dict[str, Any]] = {
    "user": {"persona": "witch"},
    "character": CHARACTER,
    "microphone": {"microphone": "address"},
    "address": ADDRESS,
    "consent": {},
    "speaker": {"speaker": "satellite"},
}


async def _async_at(
    hass: HomeAssistant, entry: MockConfigEntry, step: str, field: str, trial: Any
) -> Any:
    """Go to a form of the flow; some come only after something else."""
    if step == "consent":
        lender = add_satellite(hass, "wyoming")
        chosen = {"microphone": f"direct:{lender.entry_id}"}
        return await async_to(hass, entry, "consent", microphone=chosen)
    result = await async_to(hass, entry, step)
    if field == "regardless":
        trial.return_value = SpeakerUnavailable(entity_id="x")
        result = await async_fill(hass, result, {"speaker": "satellite"})
        trial.return_value = None
    return result


@pytest.mark.parametrize(("part", "field", "value", "error"), MANNERS)
@pytest.mark.usefixtures("probe", "trial")
async def test_wrong_input_in_a_section_opens_it_and_names_the_field(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    part: str,
    field: str,
    value: Any,
    error: str,
) -> None:
    """The frontend shows no error inside a section, so its text names the field."""
    result = await async_to(hass, loaded_entry, "manners")
    result = await async_fill(hass, result, {part: {field: value}})
    assert result["errors"] == {part: error, field: error}
    text = TEXTS["config_subentries"]["voice"]["error"][error]
    words = said(text, result["description_placeholders"])
    assert STEPS["manners"]["sections"][part]["data"][field] in words
    if error == "number_out_of_range":
        box = schema.MANNERS.schema[part].schema.schema[field].config
        assert f"({box['min']:g}-{box['max']:g}" in words
    form = result["data_schema"]
    assert form is not None
    assert form.schema[part].options == {"collapsed": False}
    result = await async_fill(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("given", "missing"), [("quiet_from", "quiet_until"), ("quiet_until", "quiet_from")]
)
@pytest.mark.usefixtures("probe", "trial")
async def test_half_of_the_quiet_hours_asks_for_the_other_half(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, given: str, missing: str
) -> None:
    """The text says which one is missing."""
    result = await async_to(hass, loaded_entry, "manners")
    result = await async_fill(hass, result, {"limits": {given: "22:00:00"}})
    assert result["errors"] == dict.fromkeys(
        ("limits", missing), "quiet_hours_incomplete"
    )
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    label = STEPS["manners"]["sections"]["limits"]["data"][missing]
    assert placeholders["fields"] == label
    both = {given: "22:00:00", missing: "07:00:00"}
    result = await async_fill(hass, result, {"limits": both})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.usefixtures("probe", "trial")
async def test_all_that_is_wrong_is_told_at_once(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Nobody has to submit a form three times to learn of three mistakes."""
    add_player(hass)
    result = await async_add(hass, loaded_entry)
    result = await async_go_on(hass, result, "manners")
    typed = {
        "limits": {"cooldown_s": -1, "busy": "panic"},
        "turn_taking": {"threshold": 3},
    }
    result = await async_fill(hass, result, typed)
    assert set(result["errors"] or ()) == {
        "limits",
        "cooldown_s",
        "busy",
        "turn_taking",
        "threshold",
    }
    hass.config_entries.subentries.async_abort(result["flow_id"])


def said(text: str, placeholders: Any) -> str:
    """Return a text as it is shown; every placeholder must be given."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    assert names <= set(placeholders or ())
    return text.format_map(dict(placeholders or {}))
