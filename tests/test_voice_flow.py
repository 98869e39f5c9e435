"""Tests of the voice flow: who it is, how it behaves, what is kept."""

from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.flows.voice import VoiceFlow
from custom_components.realtime_pumpkin.options import (
    MediaPlayerSpeaker,
    SatelliteSpeaker,
    VoiceOptions,
    WyomingMicrophone,
)
from custom_components.realtime_pumpkin.personas import async_get_gallery
from tests.common import (
    VOICE_DATA,
    account,
    async_set_up,
    only_subentry,
    only_voice,
    voice,
)
from tests.realtime_server import MODEL, fails, realtime_server
from tests.voice_flow import (
    CHARACTER,
    DEFAULT_MANNERS,
    PLAYER,
    UNTOUCHED,
    add_player,
    async_add,
    async_fill,
    async_go_on,
    async_reconfigure,
    async_to,
    choices,
    shown,
)

pytestmark = pytest.mark.usefixtures("probe", "trial")

READ_GALLERY = "custom_components.realtime_pumpkin.flows.voice.async_read_gallery"

ECHO = {
    "noise_dbfs": -62.0,
    "checked_at": "2026-10-31T12:00:00+00:00",
    "latency_ms": 420,
    "spread_ms": 30,
    "echo_return_db": -21.5,
    "level_dbfs": -39.5,
}


@pytest.mark.parametrize(
    ("speaker", "stored", "option"),
    [
        ("satellite", {"kind": "satellite"}, SatelliteSpeaker()),
        (
            PLAYER,
            {"kind": "media_player", "entity_id": PLAYER},
            MediaPlayerSpeaker(PLAYER),
        ),
    ],
)
async def test_a_voice_is_added_in_few_steps(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    probe: AsyncMock,
    speaker: str,
    stored: dict[str, str],
    option: object,
) -> None:
    """What is stored is what the options read, and the voice appears."""
    add_player(hass)
    result = await async_add(hass, loaded_entry)
    steps = ["user", "character", "microphone", "address", "speaker", "manners"]
    answers: list[dict[str, Any]] = [
        {"persona": "witch"},
        CHARACTER,
        {"microphone": "address"},
        {"host": " porch.local ", "port": 10701.0},
        {"speaker": speaker},
        UNTOUCHED,
    ]
    for step, answer in zip(steps, answers, strict=True):
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, step)
        result = await async_fill(hass, result, answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Witch"
    assert result["data"] == {
        "persona": "witch",
        "instructions": CHARACTER["instructions"],
        "voice": "marin",
        "model": MODEL,
        "microphone": {"kind": "wyoming", "host": "porch.local", "port": 10701},
        "speaker": stored,
        **DEFAULT_MANNERS,
    }
    probe.assert_awaited_once_with("porch.local", 10701)
    options = VoiceOptions.from_subentry("Witch", result["data"])
    assert options.microphone == WyomingMicrophone("porch.local", 10701)
    assert options.speaker == option
    await hass.async_block_till_done()
    assert hass.states.get("assist_satellite.witch") is not None


async def test_a_persona_fills_in_the_next_step(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Who changes nothing gets the character as it was written."""
    gallery = (await async_get_gallery(hass)).personas
    for persona in gallery.values():
        result = await async_add(hass, loaded_entry)
        assert set(choices(result, "persona")) == set(gallery)
        result = await async_fill(hass, result, {"persona": persona.id})
        schema = result["data_schema"]
        assert schema is not None
        defaults = schema({})
        assert defaults["name"] == persona.name
        assert defaults["instructions"] == persona.instructions
        assert defaults["voice"] == persona.voice
        assert shown(result).get("openings", []) == list(persona.openings)
        hass.config_entries.subentries.async_abort(result["flow_id"])


async def test_a_voice_of_another_provider_has_a_name_there(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """XAI knows none of OpenAI's voices and models."""
    entry = account(realtime_url, provider="xai")
    await async_set_up(hass, entry)
    result = await async_to(hass, entry, "character")
    schema = result["data_schema"]
    assert schema is not None
    defaults = schema({})
    assert (defaults["voice"], defaults["model"]) == ("ara", "grok-voice-latest")
    await hass.config_entries.async_unload(entry.entry_id)


async def test_first_words_are_stored_as_they_are_typed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Each conversation may begin with another of them."""
    openings = ["Who is there?", "Good {{ 'evening' }}!"]
    result = await async_go_on(
        hass,
        await async_add(hass, loaded_entry),
        character={**CHARACTER, "openings": openings},
    )
    options = VoiceOptions.from_subentry("Witch", result["data"])
    assert options.openings == tuple(openings)
    await hass.async_block_till_done()


async def test_an_account_that_is_not_loaded_gets_no_voice(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """The model could not be tried."""
    entry = account(realtime_url)
    entry.add_to_hass(hass)
    result = await async_add(hass, entry)
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "entry_not_loaded",
    )


async def test_a_template_that_fails_says_why(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The template engine's words are passed on, and what was typed is kept."""
    result = await async_to(hass, loaded_entry, "character")
    wrong = {**CHARACTER, "instructions": "{{ no_such_function() }}"}
    result = await async_fill(hass, result, wrong)
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert "no_such_function" in placeholders["error"]
    assert shown(result) == wrong


@pytest.mark.parametrize(
    ("code", "errors"),
    [
        ("model_not_found", {"model": "account_model"}),
        ("insufficient_quota", {"base": "account_quota"}),
        ("invalid_api_key", {"base": "account_auth"}),
    ],
)
async def test_a_model_is_tried_before_it_is_stored(
    hass: HomeAssistant,
    homeassistant_component: None,
    socket_enabled: None,
    code: str,
    errors: dict[str, str],
) -> None:
    """A session is opened with it; nothing is said in it."""
    async with realtime_server() as url:
        entry = account(url)
        await async_set_up(hass, entry)
        result = await async_to(hass, entry, "character")
    refusal = fails("invalid_request_error", code, 4000)
    port = int(url.removesuffix("/v1").rpartition(":")[2])
    async with realtime_server(refusal, port=port):
        result = await async_fill(hass, result, CHARACTER)
    assert result["errors"] == errors
    await hass.config_entries.async_unload(entry.entry_id)


async def test_scripts_that_were_chosen_are_what_the_voice_may_run(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """None are unless they are chosen."""
    names = ("fog_machine", "thunder")
    steps = {name: {"sequence": [{"delay": 1}]} for name in names}
    assert await async_setup_component(hass, "script", {"script": steps})
    scripts = [f"script.{name}" for name in names]
    result = await async_go_on(
        hass,
        await async_add(hass, loaded_entry),
        manners={"tools": {"scripts": scripts}},
    )
    options = VoiceOptions.from_subentry("Witch", result["data"])
    assert options.scripts == ("script.fog_machine", "script.thunder")
    await hass.async_block_till_done()


async def test_what_was_emptied_is_stored_no_more(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """The frontend leaves out a field that was emptied."""
    stored = {"scripts": ["script.fog_machine"], "openings": ["Boo!"]}
    entry = account(realtime_url, voice(data=stored))
    await async_set_up(hass, entry)
    result = await async_go_on(hass, await async_reconfigure(hass, entry), "character")
    assert shown(result)["openings"] == ["Boo!"]
    result = await async_go_on(hass, result, "manners")
    assert shown(result)["tools"] == {"scripts": ["script.fog_machine"]}
    await async_go_on(hass, result)
    await hass.async_block_till_done()
    assert stored.keys().isdisjoint(only_subentry(entry).data)


async def test_a_reconfigured_voice_keeps_what_is_not_changed(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """Every form shows what is stored, and foreign data survive."""
    add_player(hass)
    more = {
        "speaker": {"kind": "media_player", "entity_id": PLAYER},
        "transcript_deltas": True,
        "calibration": ECHO,
        "persona": "pirate",
        "quiet_from": "22:00:00",
        "quiet_until": "07:00:00",
        "transcripts": "events",
    }
    entry = account(realtime_url, voice(data=more))
    await async_set_up(hass, entry)
    result = await async_reconfigure(hass, entry)
    assert result["step_id"] == "reconfigure"
    assert choices(result, "persona")["keep"] == "As it is now"
    for step in ("character", "microphone", "address", "speaker", "manners"):
        result = await async_fill(hass, result, filled_in(result))
        assert result["step_id"] == step
    result = await async_fill(hass, result, filled_in(result))
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    subentry = only_subentry(entry)
    assert subentry.title == "Pumpkin"
    assert subentry.data == {**DEFAULT_MANNERS, **VOICE_DATA, **more}
    await hass.config_entries.async_unload(entry.entry_id)


def filled_in(result: SubentryFlowResult) -> dict[str, Any]:
    """Return what the frontend sends of a form that nobody touched."""
    schema = result["data_schema"]
    assert schema is not None
    filled: dict[str, Any] = schema(shown(result))
    return filled


@pytest.mark.parametrize(
    "change",
    [
        {"speaker": {"speaker": PLAYER}},
        {"address": {"host": "192.0.2.8", "port": 10700}},
        {"address": {"host": "192.0.2.7", "port": 10701}},
    ],
    ids=["speaker", "host", "port"],
)
async def test_another_end_has_to_be_checked_again(
    hass: HomeAssistant,
    homeassistant_component: None,
    realtime_url: str,
    change: dict[str, dict[str, Any]],
) -> None:
    """What was measured at the old one says nothing of the new one."""
    add_player(hass)
    entry = account(realtime_url, voice(data={"calibration": ECHO}))
    await async_set_up(hass, entry)
    assert only_voice(entry).options.calibration is not None
    result = await async_reconfigure(hass, entry)
    stored = {key: VOICE_DATA["microphone"][key] for key in ("host", "port")}
    await async_go_on(hass, result, **{"address": stored, **change})
    await hass.async_block_till_done()
    assert "calibration" not in only_subentry(entry).data
    assert only_voice(entry).options.calibration is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_voice_becomes_somebody_else_and_keeps_its_name(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Another persona fills in other words and another voice."""
    result = await async_reconfigure(hass, loaded_entry)
    result = await async_fill(hass, result, {"persona": "pirate"})
    filled = filled_in(result)
    assert filled["name"] == "Pumpkin"
    assert filled["model"] == MODEL
    assert "Captain" in filled["instructions"]
    assert filled["voice"] == "ash"
    result = await async_go_on(hass, result, character=filled)
    await hass.async_block_till_done()
    assert only_subentry(loaded_entry).data["persona"] == "pirate"


async def test_a_voice_can_be_renamed_while_the_server_is_away(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """A model that stays is not tried again."""
    result = await async_go_on(
        hass, await async_reconfigure(hass, loaded_entry), "character"
    )
    with patch(
        "custom_components.realtime_pumpkin.flows.trials.async_check_account",
        side_effect=AssertionError,
    ):
        result = await async_fill(hass, result, CHARACTER)
    assert result["step_id"] == "microphone"


@pytest.mark.parametrize("step", ["character", "consent"])
async def test_a_step_out_of_turn_begins_at_the_beginning(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, step: str
) -> None:
    """Nothing was chosen yet that the step could ask more about."""
    flow = VoiceFlow()
    flow.hass, flow.handler, flow.flow_id = hass, (loaded_entry.entry_id, "voice"), "f"
    flow.context = {"source": "user"}
    result = await getattr(flow, f"async_step_{step}")()
    assert result["step_id"] in {"user", "microphone"}
