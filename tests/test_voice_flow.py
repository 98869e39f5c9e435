"""Tests of the voice flow: who it is, where it listens, where it speaks."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.components.media_player.const import MediaPlayerEntityFeature
from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.links.errors import (
    LinkError,
    SatelliteModeUnsupported,
    SatelliteNotASatellite,
    SatelliteOccupied,
    SatelliteSilent,
    SatelliteUnreachable,
)
from custom_components.realtime_pumpkin.options import (
    MediaPlayerSpeaker,
    SatelliteSpeaker,
    VoiceOptions,
    WyomingMicrophone,
)
from tests.common import VOICE_DATA, account, async_set_up, only_subentry, voice
from tests.realtime_server import MODEL, fails, realtime_server

PERSONA = {
    "name": "Witch",
    "instructions": "You are a witch. It is {{ now().hour }} o'clock.",
    "voice": "marin",
    "model": MODEL,
}
MICROPHONE = {"host": "porch.local", "port": 10700}
PLAYER = "media_player.porch"
UNTOUCHED: dict[str, Any] = {"turn_taking": {}, "limits": {}, "children": {}}
DEFAULT_MANNERS = {
    "barge_in": "auto",
    "echo_tail_ms": 400,
    "min_speech_ms": 300,
    "turn_detection": "server_vad",
    "threshold": 0.5,
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
    "safety_rules": True,
    "says_it_is_a_computer": False,
}


@pytest.fixture(autouse=True)
def probe() -> Iterator[AsyncMock]:
    """Let every satellite answer well unless a test says otherwise."""
    with patch(
        "custom_components.realtime_pumpkin.config_flow.async_probe", AsyncMock()
    ) as async_probe:
        yield async_probe


async def async_add(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Open the flow for a new voice."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "voice"), context={"source": SOURCE_USER}
    )


async def async_fill(
    hass: HomeAssistant, result: SubentryFlowResult, values: dict[str, Any]
) -> SubentryFlowResult:
    """Submit the form that is shown."""
    return await hass.config_entries.subentries.async_configure(
        result["flow_id"], values
    )


def shown(result: SubentryFlowResult) -> dict[str, Any]:
    """Return what a form suggests."""
    schema = result["data_schema"]
    assert schema is not None
    return {
        str(field): field.description["suggested_value"]
        for field in schema.schema
        if field.description
    }


def add_player(
    hass: HomeAssistant, features: int = MediaPlayerEntityFeature.PLAY_MEDIA
) -> None:
    """Add a media player that plays media unless told otherwise."""
    hass.states.async_set(PLAYER, "idle", {"supported_features": features})


@pytest.mark.parametrize(
    ("speaker", "stored", "option"),
    [
        ({}, {"kind": "satellite"}, SatelliteSpeaker()),
        (
            {"entity_id": PLAYER},
            {"kind": "media_player", "entity_id": PLAYER},
            MediaPlayerSpeaker(PLAYER),
        ),
    ],
)
async def test_a_voice_is_added_in_four_steps(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    probe: AsyncMock,
    speaker: dict[str, str],
    stored: dict[str, str],
    option: object,
) -> None:
    """What is stored is what the options read, and the voice appears."""
    add_player(hass)
    result = await async_add(hass, loaded_entry)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    result = await async_fill(hass, result, PERSONA)
    assert result["step_id"] == "microphone"
    result = await async_fill(hass, result, {"host": " porch.local ", "port": 10701.0})
    assert result["step_id"] == "speaker"
    result = await async_fill(hass, result, speaker)
    assert result["step_id"] == "manners"
    result = await async_fill(hass, result, UNTOUCHED)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Witch"
    assert result["data"] == {
        "instructions": PERSONA["instructions"],
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


async def test_a_new_voice_is_a_jack_o_lantern_unless_told_otherwise(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Who changes nothing gets the pumpkin of the article."""
    result = await async_add(hass, loaded_entry)
    schema = result["data_schema"]
    assert schema is not None
    defaults = schema({})
    assert "jack-o'-lantern" in defaults["instructions"]
    assert defaults["voice"] == "echo"


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


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": "  "}, {"name": "name_missing"}),
        (
            {"instructions": "{{ 1 / 0 }}"},
            {"instructions": "template_failed"},
        ),
        (
            {"instructions": "{{ no_such_function() }}"},
            {"instructions": "template_failed"},
        ),
    ],
)
async def test_a_persona_that_cannot_be_is_shown_at_its_field(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    values: dict[str, str],
    errors: dict[str, str],
) -> None:
    """The form keeps what was typed and takes what is mended."""
    result = await async_add(hass, loaded_entry)
    result = await async_fill(hass, result, {**PERSONA, **values})
    assert result["errors"] == errors
    assert shown(result) == {**PERSONA, **values}
    result = await async_fill(hass, result, PERSONA)
    assert result["step_id"] == "microphone"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"instructions": "{{ unclosed"}, "instructions"),
        ({"voice": 7}, "voice"),
        ({"model": None}, "model"),
    ],
)
async def test_a_value_of_the_wrong_kind_is_refused_by_the_form(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    values: dict[str, Any],
    field: str,
) -> None:
    """The frontend shows the message of the selector at its field."""
    result = await async_add(hass, loaded_entry)
    with pytest.raises(InvalidData) as caught:
        await async_fill(hass, result, {**PERSONA, **values})
    assert list(caught.value.schema_errors) == [field]


async def test_scripts_that_were_chosen_are_what_the_voice_may_run(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """None are unless they are chosen."""
    scripts = ["script.fog_machine", "script.thunder"]
    result = await async_add(hass, loaded_entry)
    result = await async_fill(hass, result, {**PERSONA, "scripts": scripts})
    result = await async_fill(hass, result, MICROPHONE)
    result = await async_fill(hass, result, {})
    result = await async_fill(hass, result, UNTOUCHED)
    options = VoiceOptions.from_subentry("Witch", result["data"])
    assert options.scripts == ("script.fog_machine", "script.thunder")
    await hass.async_block_till_done()


async def test_scripts_that_were_taken_away_can_be_run_no_more(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """The frontend leaves out a field that was emptied."""
    entry = account(realtime_url, voice(data={"scripts": ["script.fog_machine"]}))
    await async_set_up(hass, entry)
    result = await async_reconfigure(hass, entry)
    assert shown(result)["scripts"] == ["script.fog_machine"]
    kept = {key: value for key, value in shown(result).items() if key != "scripts"}
    result = await async_fill(hass, result, kept)
    result = await async_fill(hass, result, shown(result))
    result = await async_fill(hass, result, {})
    await async_fill(hass, result, UNTOUCHED)
    await hass.async_block_till_done()
    assert "scripts" not in only_subentry(entry).data


async def test_a_template_that_fails_says_why(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The template engine's words are passed on."""
    result = await async_add(hass, loaded_entry)
    result = await async_fill(
        hass, result, {**PERSONA, "instructions": "{{ no_such_function() }}"}
    )
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert "no_such_function" in placeholders["error"]


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
        result = await async_add(hass, entry)
    refusal = fails("invalid_request_error", code, 4000)
    port = int(url.removesuffix("/v1").rpartition(":")[2])
    async with realtime_server(refusal, port=port):
        result = await async_fill(hass, result, PERSONA)
    assert result["errors"] == errors
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    "failure",
    [
        SatelliteUnreachable(host="porch.local", port="10700", error="refused"),
        SatelliteOccupied(host="porch.local", port="10700"),
        SatelliteNotASatellite(host="porch.local", port="10700"),
        SatelliteModeUnsupported(host="porch.local", mode="wake"),
        SatelliteSilent(host="porch.local", port="10700"),
    ],
)
async def test_a_satellite_that_cannot_listen_is_shown_at_its_field(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    probe: AsyncMock,
    failure: LinkError,
) -> None:
    """The next try may succeed."""
    result = await async_add(hass, loaded_entry)
    result = await async_fill(hass, result, PERSONA)
    probe.side_effect = failure
    result = await async_fill(hass, result, MICROPHONE)
    assert result["errors"] == {"host": failure.translation_key}
    assert result["description_placeholders"] == failure.placeholders
    assert shown(result) == MICROPHONE
    probe.side_effect = None
    result = await async_fill(hass, result, MICROPHONE)
    assert result["step_id"] == "speaker"


async def test_a_satellite_of_home_assistants_own_is_not_even_tried(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """It would answer, and then stay silent for ever."""
    MockConfigEntry(domain="wyoming", title="Porch", data=MICROPHONE).add_to_hass(hass)
    result = await async_add(hass, loaded_entry)
    result = await async_fill(hass, result, PERSONA)
    result = await async_fill(hass, result, MICROPHONE)
    assert result["errors"] == {"host": "satellite_taken"}
    assert result["description_placeholders"] == {"name": "Porch"}
    probe.assert_not_awaited()


async def async_to_speaker(
    hass: HomeAssistant, entry: MockConfigEntry
) -> SubentryFlowResult:
    """Go on to the last step."""
    result = await async_add(hass, entry)
    result = await async_fill(hass, result, PERSONA)
    return await async_fill(hass, result, MICROPHONE)


async def test_a_player_that_does_not_exist_is_refused(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """It was removed while the form was open."""
    result = await async_to_speaker(hass, loaded_entry)
    result = await async_fill(hass, result, {"entity_id": PLAYER})
    assert result["errors"] == {"entity_id": "speaker_unavailable"}


async def test_a_player_that_plays_nothing_is_refused(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """A remote control is a media player as well."""
    add_player(hass, MediaPlayerEntityFeature.TURN_ON)
    result = await async_to_speaker(hass, loaded_entry)
    result = await async_fill(hass, result, {"entity_id": PLAYER})
    assert result["errors"] == {"entity_id": "speaker_cannot_play"}


async def test_a_player_that_is_switched_off_is_taken(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Nobody has to switch on the porch to set up its voice."""
    hass.states.async_set(PLAYER, "unavailable")
    result = await async_to_speaker(hass, loaded_entry)
    result = await async_fill(hass, result, {"entity_id": PLAYER})
    assert result["step_id"] == "manners"


async def test_what_is_no_player_is_refused(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Home Assistant leaves the form's filter to the frontend."""
    hass.states.async_set("light.porch", "on", {"supported_features": 1023})
    result = await async_to_speaker(hass, loaded_entry)
    result = await async_fill(hass, result, {"entity_id": "light.porch"})
    assert result["errors"] == {"entity_id": "speaker_cannot_play"}


async def async_reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry
) -> SubentryFlowResult:
    """Open the flow for the account's voice."""
    return await entry.start_subentry_reconfigure_flow(
        hass, only_subentry(entry).subentry_id
    )


async def test_a_reconfigured_voice_keeps_what_is_not_changed(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """Every form shows what is stored, and foreign data survive."""
    add_player(hass)
    speaker = {"kind": "media_player", "entity_id": PLAYER}
    entry = account(
        realtime_url, voice(data={"speaker": speaker, "transcript_deltas": True})
    )
    await async_set_up(hass, entry)
    result = await async_reconfigure(hass, entry)
    assert result["step_id"] == "reconfigure"
    persona = {"name": "Pumpkin"} | {
        key: VOICE_DATA[key] for key in ("instructions", "voice", "model")
    }
    assert shown(result) == persona
    result = await async_fill(hass, result, {**persona, "name": "Old Jack"})
    assert shown(result) == {"host": "192.0.2.7", "port": 10700}
    result = await async_fill(hass, result, shown(result))
    assert shown(result) == {"entity_id": PLAYER}
    result = await async_fill(hass, result, {})
    result = await async_fill(hass, result, UNTOUCHED)
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    subentry = only_subentry(entry)
    assert subentry.title == "Old Jack"
    assert subentry.data == {
        **VOICE_DATA,
        "speaker": {"kind": "satellite"},
        "transcript_deltas": True,
        **DEFAULT_MANNERS,
    }
    assert entry.runtime_data.voices[subentry.subentry_id].options.name == "Old Jack"
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_satellite_that_stays_is_not_tried_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """It may be in the middle of a conversation with us."""
    result = await async_reconfigure(hass, loaded_entry)
    result = await async_fill(hass, result, {**PERSONA})
    result = await async_fill(hass, result, {"host": "192.0.2.7", "port": 10700})
    assert result["step_id"] == "speaker"
    probe.assert_not_awaited()


async def test_a_voice_can_be_renamed_while_the_server_is_away(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """A model that stays is not tried again."""
    result = await async_reconfigure(hass, loaded_entry)
    with patch(
        "custom_components.realtime_pumpkin.config_flow.async_check_account",
        side_effect=AssertionError,
    ):
        result = await async_fill(hass, result, PERSONA)
    assert result["step_id"] == "microphone"
