"""Tests of how a voice is to behave: its form, its data, its session."""

from dataclasses import replace
from datetime import time
import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import SelectOptionDict
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin import schema as module
from custom_components.realtime_pumpkin.calibration import Calibration
from custom_components.realtime_pumpkin.const import (
    BusyPolicy,
    NoiseReduction,
    TurnDetection,
)
from custom_components.realtime_pumpkin.links.protocols import (
    AudioSource,
    LinkCapabilities,
)
from custom_components.realtime_pumpkin.manners import Children, Limits, TurnTaking
from custom_components.realtime_pumpkin.options import VoiceOptions
from custom_components.realtime_pumpkin.prompt import DISCLOSURE, SAFETY
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.request import ConversationRequest
from custom_components.realtime_pumpkin.schema import MANNERS, fold, manners, unfold
from custom_components.realtime_pumpkin.session_setup import (
    can_be_interrupted,
    create_behaviour,
    create_config,
)
from custom_components.realtime_pumpkin.staging import Follows, LevelTarget
from demo.house.flows import fields
from tests.common import VOICE_DATA, only_subentry
from tests.shown_form import filled_in
from tests.voice_flow import (
    DEFAULT_MANNERS,
    async_fill,
    async_go_on,
    async_reconfigure,
    shown,
)

TEXTS = json.loads(
    (Path(module.__file__).parents[1] / "translations/en.json").read_text(
        encoding="utf-8"
    )
)
FULL_DUPLEX = Mock(
    AudioSource,
    capabilities=LinkCapabilities(
        full_duplex=True, echo_cancelled=True, remote_start=True, stop_latency_ms=0
    ),
)
CHOSEN: dict[str, Any] = {
    "barge_in": "off",
    "echo_tail_ms": 900,
    "min_speech_ms": 0,
    "turn_detection": "semantic_vad",
    "threshold": 0.7,
    "prefix_padding_ms": 100,
    "silence_duration_ms": 800,
    "eagerness": "low",
    "noise_reduction": "none",
    "trims_silence": False,
    "max_duration_s": 60,
    "idle_timeout_s": 9,
    "busy": "queue",
    "cooldown_s": 60,
    "quiet_from": "22:00:00",
    "quiet_until": "07:30:00",
    "daily_budget_usd": 1.5,
    "monthly_budget_usd": 20.0,
    "joins_broadcasts": True,
    "scripts": ["script.fog_machine"],
    "llm_apis": ["assist"],
    "exposed_entities": ["light.porch"],
    "strangers": False,
    "sensitive": ["script.fog_machine"],
    "confirmation_phrase": "abracadabra",
    "level_targets": [
        {"entity_id": "light.candle", "calls_per_second": 4, "offset_ms": 80},
        {"entity_id": "number.jaw", "follows": "visitor", "lowest": 10, "highest": 90},
    ],
    "language": "de",
    "effects": ["laugh", "bell"],
    "most_effects": 2,
    "shares_stage": False,
    "stage_name": "Porch",
    "hands_over": True,
    "transcripts": "events",
    "safety_rules": False,
    "says_it_is_a_computer": True,
    "camera": "camera.porch",
    "picture_edge": 512,
    "looks_again": False,
    "remembers_night": True,
    "remembered_visits": 3,
    "night_ends": "06:00:00",
}

NOISY = Calibration(-34.0, "2026-10-31T12:00:00+00:00").as_data()
APIS = [SelectOptionDict(value="assist", label="Assist")]


def options(**data: Any) -> VoiceOptions:
    """Return the options of a voice that was stored with some data."""
    return VoiceOptions.from_subentry("Pumpkin", {**VOICE_DATA, **data})


def form() -> list[dict[str, Any]]:
    """Return the form as the frontend receives it."""
    form: list[dict[str, Any]] = probatio.to_field_list(
        MANNERS, custom_serializer=cv.custom_serializer
    )
    return form


def test_data_without_manners_have_the_defaults() -> None:
    """A voice that was stored before goes on as it was."""
    read = options()
    assert (read.turns, read.limits, read.children) == (
        TurnTaking(),
        Limits(),
        Children(),
    )


def test_what_nobody_touched_is_stored_as_the_defaults() -> None:
    """The form, as the frontend fills it in, and the options agree on each default."""
    data = unfold(MANNERS(filled_in(MANNERS)))
    assert data == DEFAULT_MANNERS
    assert options(**data) == options()


def test_what_was_chosen_is_read_as_it_was_meant() -> None:
    """Each option comes out of what the form stores."""
    read = options(**unfold(manners(APIS, {})(fold(CHOSEN))))
    assert read.turns.turn_detection is TurnDetection.SEMANTIC_VAD
    assert read.turns.noise_reduction is NoiseReduction.NONE
    assert read.limits.busy is BusyPolicy.QUEUE
    assert (read.limits.quiet_from, read.limits.quiet_until) == (time(22), time(7, 30))
    assert read.jaw_and_candle.level_targets == (
        LevelTarget("light.candle", calls_per_second=4, offset_ms=80),
        LevelTarget("number.jaw", Follows.VISITOR, lowest=10, highest=90),
    )
    assert read.jaw_and_candle.hears_visitor
    groups = (
        *(read.turns, read.limits, read.children, read.sounds, read.tongue),
        *(read.house, read.ensemble),
        *(read.eyes, read.memory),
    )
    stored = {
        name: value for group in groups for name, value in group.as_data().items()
    }
    assert {
        "barge_in": read.barge_in.value,
        "scripts": list(read.scripts),
        "transcripts": read.transcripts.value,
        "joins_broadcasts": read.joins_broadcasts,
        "level_targets": CHOSEN["level_targets"],
        **stored,
    } == CHOSEN


def test_every_field_has_its_texts() -> None:
    """A label and a description each, and no text is left over."""
    sections = TEXTS["config_subentries"]["voice"]["step"]["manners"]["sections"]
    shown = {part["name"]: {f["name"] for f in part["schema"]} for part in form()}
    assert sections.keys() == shown.keys()
    for name, part in sections.items():
        assert part["data"].keys() == part["data_description"].keys() == shown[name]


def test_every_choice_has_its_text() -> None:
    """A select shows words, not keys."""
    selects = [
        field["selector"]["select"]
        for part in form()
        for field in part["schema"]
        if "select" in field["selector"]
        and field["name"] not in ("language", "llm_apis")
    ]
    assert len(selects) == 7
    for select in selects:
        texts = TEXTS["selector"][select["translation_key"]]["options"]
        assert list(texts) == select["options"]


def test_a_reader_of_forms_can_submit_it_without_an_answer() -> None:
    """Every part is folded and every field has a default or may stay empty."""
    assert all(part["expanded"] is False for part in form())
    assert MANNERS(fields(form(), {})) == MANNERS(filled_in(MANNERS))


async def async_to_manners(
    hass: HomeAssistant, entry: MockConfigEntry
) -> SubentryFlowResult:
    """Open the flow for the account's voice and go on to the last step."""
    return await async_go_on(hass, await async_reconfigure(hass, entry), "manners")


@pytest.mark.usefixtures("probe", "trial")
async def test_manners_are_changed_shown_again_and_emptied(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """What is stored is suggested; a time that was emptied is gone."""
    result = await async_to_manners(hass, loaded_entry)
    await async_fill(hass, result, fold(CHOSEN))
    await hass.async_block_till_done()
    assert CHOSEN.items() <= only_subentry(loaded_entry).data.items()
    result = await async_to_manners(hass, loaded_entry)
    assert unfold(shown(result)) == CHOSEN
    assert result["data_schema"] is not None
    assert unfold(filled_in(result["data_schema"])) == CHOSEN
    emptied = {
        name: value for name, value in CHOSEN.items() if not name.startswith("quiet")
    }
    await async_fill(hass, result, fold(emptied))
    await hass.async_block_till_done()
    stored = only_subentry(loaded_entry).data
    assert emptied.items() <= stored.items()
    assert stored.keys().isdisjoint({"quiet_from", "quiet_until"})


async def test_the_defaults_are_those_of_the_session(hass: HomeAssistant) -> None:
    """Whoever chooses nothing gets what the conversation is built for."""
    config = create_config(hass, options(), None, ())
    heard = config.as_dict()["audio"]["input"]
    assert heard["noise_reduction"] == {"type": "far_field"}
    assert heard["turn_detection"] == {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "create_response": False,
        "interrupt_response": False,
    }
    assert (
        create_behaviour(options(), FULL_DUPLEX, ConversationRequest(opening=""))
        == Behaviour()
    )


async def test_what_was_chosen_reaches_the_session(hass: HomeAssistant) -> None:
    """Milliseconds become seconds, no noise reduction becomes null."""
    chosen = options(**CHOSEN)
    heard = create_config(hass, chosen, None, ()).as_dict()["audio"]["input"]
    assert heard["noise_reduction"] is None
    assert heard["turn_detection"]["type"] == "semantic_vad"
    assert heard["turn_detection"]["eagerness"] == "low"
    behaviour = create_behaviour(chosen, FULL_DUPLEX, ConversationRequest(opening=""))
    assert behaviour == Behaviour(
        barge_in=False,
        echo_tail=0.9,
        min_speech=0.0,
        trims_silence=False,
        max_duration=60.0,
        idle_timeout=9.0,
    )


@pytest.mark.parametrize("barge_in", ["auto", "on"])
def test_a_microphone_that_stops_while_the_voice_speaks_hears_no_interruption(
    barge_in: str,
) -> None:
    """Whatever the user chose: nobody could be heard."""
    is_full = FULL_DUPLEX.capabilities
    half_duplex = Mock(AudioSource, capabilities=replace(is_full, full_duplex=False))
    assert can_be_interrupted(options(barge_in=barge_in), FULL_DUPLEX)
    assert not can_be_interrupted(options(barge_in=barge_in), half_duplex)


@pytest.mark.parametrize(
    ("stored", "threshold"),
    [
        ({}, 0.5),
        ({"calibration": NOISY}, 0.7),
        ({"calibration": NOISY, "threshold": 0.5}, 0.5),
        ({"threshold": 0.0}, 0.0),
    ],
    ids=["neither", "measured", "measured and chosen", "chosen"],
)
async def test_the_threshold_is_what_was_chosen_else_what_was_measured(
    hass: HomeAssistant, stored: dict[str, Any], threshold: float
) -> None:
    """The porch check changes nothing that the user has set."""
    heard = create_config(hass, options(**stored), None, ()).as_dict()["audio"]["input"]
    assert heard["turn_detection"]["threshold"] == threshold


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        ({}, (True, False)),
        ({"safety_rules": False}, (False, False)),
        ({"says_it_is_a_computer": True}, (True, True)),
    ],
)
async def test_the_rules_for_children_are_on_unless_switched_off(
    hass: HomeAssistant, data: dict[str, bool], rules: tuple[bool, bool]
) -> None:
    """Only an explicit choice takes them away."""
    words = create_config(hass, options(**data), None, ()).instructions
    assert (SAFETY in words, DISCLOSURE in words) == rules
