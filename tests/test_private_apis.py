"""Tests of what is read of others: all of it is on the list, and each may be gone."""

import importlib
import logging
from pathlib import Path
import sys
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock, patch

from homeassistant.components import assist_satellite, conversation
from homeassistant.components.assist_satellite.entity import (
    AssistSatelliteEntity,
    AssistSatelliteState,
)
from homeassistant.components.homeassistant import exposed_entities
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from websockets.asyncio.client import ClientConnection
from websockets.protocol import State

from custom_components.realtime_pumpkin import answering, pipelines, services
from custom_components.realtime_pumpkin.assist_satellite import VoiceSatellite
from custom_components.realtime_pumpkin.flows.discovery import async_found
from custom_components.realtime_pumpkin.guard import house as guard_house
from custom_components.realtime_pumpkin.guard.guard import Guard
from custom_components.realtime_pumpkin.guard.refusal import NotForStrangers
from custom_components.realtime_pumpkin.house.apis import async_api_tools
from custom_components.realtime_pumpkin.links.satellite_state import SatelliteState
from custom_components.realtime_pumpkin.links.stream_view import AUDIO_PATH, _NoTokens
from custom_components.realtime_pumpkin.realtime import connection
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.realtime.websocket import WebSocket
from custom_components.realtime_pumpkin.turns.said import said_before
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import VOICE_ENTITY_ID, only_voice
from tests.guard.callers import caller
from tests.guard.test_reach import async_automate
from tests.guard.things import FOG, LAMP, LOCK, Touched, async_move_in
from tests.private_apis import PRIVATE_APIS, SOURCES, files, marks_of, table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- private-apis: begin -->", "<!-- private-apis: end -->"


@pytest.mark.parametrize(
    "path", files(), ids=lambda path: str(path.relative_to(SOURCES))
)
def test_what_is_read_of_others_is_on_the_list(path: Path) -> None:
    """And nothing is on the list that is not read."""
    name = str(path.relative_to(SOURCES))
    listed = [
        api for api in PRIVATE_APIS if api.place.split(" ")[0].rstrip(",") == name
    ]
    assert marks_of(path) == {mark for api in listed for mark in api.marks}


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("x = entity._thing", "entity._thing"),
        ("x = getattr(entity, '_thing')", "getattr _thing"),
        ("from zeroconf._dns import DNSPointer", "import zeroconf._dns.DNSPointer"),
        ("import openai._client", "import openai._client"),
        ("x = self.hass.data['mqtt']", "hass.data['mqtt']"),
        ("x = hass.data.get(OTHER)", "hass.data[OTHER]"),
        ("x = OTHER in hass.data", "hass.data[OTHER]"),
        ("x = dict(hass.data)", "hass.data"),
        (
            "from homeassistant.components.tts import media_source",
            "import homeassistant.components.tts.media_source",
        ),
        (
            "from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS",
            "import homeassistant.components.conversation.chat_log.DATA_CHAT_LOGS",
        ),
    ],
)
def test_a_new_one_would_be_seen(line: str, mark: str) -> None:
    """Whatever way it is read in."""
    path = SOURCES / "announcer.py"
    with patch.object(Path, "read_text", return_value=f"{line}\n"):
        assert marks_of(path) == {mark}


@pytest.mark.parametrize("api", PRIVATE_APIS, ids=lambda api: api.place)
def test_each_names_a_place_and_a_test_that_are_there(api: Any) -> None:
    """The function that reads it, and the one that takes it away."""
    file, _, function = api.place.partition(" ")
    source = (SOURCES / file.rstrip(",")).read_text(encoding="utf-8")
    for name in function.strip("`").split("."):
        assert name in source or not function.startswith("`")
    test_file, _, test = api.test.partition("::")
    assert f"def {test}(" in (ROOT / "tests" / test_file).read_text(encoding="utf-8")


def test_the_page_shows_the_list() -> None:
    """Between its two comments, as `tests/private_apis.py` writes it."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    shown = text.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == table()


def test_a_satellites_states_are_home_assistants() -> None:
    """They are ours to name, and its own to choose."""
    ours = {state.value for state in SatelliteState}
    assert ours == {state.value for state in AssistSatelliteState}


@pytest.fixture
async def touched(hass: HomeAssistant, homeassistant_component: None) -> Touched:
    """Have a lamp, a fog machine and a lock."""
    return await async_move_in(hass, LOCK, LAMP, FOG)


def is_kept(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether strangers are kept from an entity."""
    try:
        Guard(hass, is_for_strangers=True).check([entity_id])
    except NotForStrangers:
        return True
    return False


async def test_scripts_that_lie_elsewhere_are_kept_from_strangers(
    hass: HomeAssistant, touched: Touched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they do cannot be told."""
    sequence = [{"action": "light.turn_on", "target": {"entity_id": LAMP.entity_id}}]
    scripts = {"script": {"fog": {"sequence": sequence}}}
    assert await async_setup_component(hass, "script", scripts)
    assert not is_kept(hass, "script.fog")
    with monkeypatch.context() as gone:
        gone.setattr(guard_house, "_component", lambda *_: None)
        assert is_kept(hass, "script.fog")
    [entity] = hass.data["script"].entities
    monkeypatch.delattr(entity, "script")
    assert is_kept(hass, "script.fog")


async def test_template_actions_that_lie_elsewhere_are_kept_from_strangers(
    hass: HomeAssistant, touched: Touched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they do cannot be told."""
    turn_on = {"action": "light.turn_on", "target": {"entity_id": LAMP.entity_id}}
    button = {"name": "Fog", "press": [turn_on]}
    assert await async_setup_component(
        hass, "template", {"template": [{"button": [button]}]}
    )
    await hass.async_block_till_done()
    assert not is_kept(hass, "button.fog")
    [platform] = async_get_platforms(hass, "template")
    monkeypatch.delattr(platform.entities["button.fog"], "_action_scripts")
    assert is_kept(hass, "button.fog")


@pytest.mark.parametrize("gone", ["the attribute", "the component"])
async def test_triggers_that_lie_elsewhere_are_taken_for_the_worst(
    hass: HomeAssistant, touched: Touched, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """An automation that opens the door when somebody rings might follow from a lamp."""
    await async_automate(hass, {"trigger": "event", "event_type": "ding"})
    assert not is_kept(hass, LAMP.entity_id)
    if gone == "the attribute":
        [entity] = hass.data["automation"].entities
        monkeypatch.delattr(entity, "_trigger_config")
    else:
        monkeypatch.setattr(guard_house, "_component", lambda *_: None)
    assert is_kept(hass, LAMP.entity_id)


@pytest.mark.parametrize(
    "gone", ["async_get_assistant_settings", "async_expose_entity"]
)
async def test_tools_are_not_offered_where_exposure_cannot_be_told(
    hass: HomeAssistant,
    touched: Touched,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    gone: str,
) -> None:
    """One that was offered just before is refused."""
    assert await async_setup_component(hass, "conversation", {})
    chosen = {"llm_apis": ("assist",), "exposed_entities": (LAMP.entity_id,)}
    before = await async_api_tools(caller(hass, **chosen), {})
    turn_on = before.tools["intent__HassTurnOn"]
    monkeypatch.delattr(exposed_entities, gone)
    other = caller(hass, llm_apis=("assist",), exposed_entities=(FOG.entity_id,))
    offered = await async_api_tools(other, {})
    assert offered.tools == {}
    assert "are not there" in caplog.text
    if gone == "async_get_assistant_settings":
        outcome = await turn_on.run({"name": "lamp"})
        assert outcome.outcome == "refused"
        assert touched == []


async def test_a_run_that_is_recorded_elsewhere_is_asked_of_all_pipelines(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They say the same where the voice has the only one with its ears."""
    [voice_id] = loaded_entry.runtime_data.voices
    data = hass.data[answering.ASSIST_PIPELINE_DOMAIN]
    monkeypatch.delattr(data, "pipeline_debug")
    assert answering._running(hass, "c1") is None
    assert answering.answering(hass, voice_id, "c1") is answering.Answering.AT_ONCE


async def test_a_pipeline_that_cannot_be_deleted_stays_and_is_told(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The account goes all the same."""
    data = hass.data[answering.ASSIST_PIPELINE_DOMAIN]
    monkeypatch.delattr(data, "pipeline_store")
    monkeypatch.setattr(pipelines, "_find", lambda *_: MagicMock())
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    await hass.async_block_till_done()
    assert "delete it under voice assistants" in caplog.text


def test_chat_logs_that_lie_elsewhere_hold_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The turn is the first one then."""
    content = conversation.UserContent("Boo?")
    key = conversation.chat_log.DATA_CHAT_LOGS
    hass: Any = SimpleNamespace(data={key: {"c1": SimpleNamespace(content=[content])}})
    assert said_before(hass, "c1") == [("user", "Boo?")]
    monkeypatch.delattr(conversation.chat_log, "DATA_CHAT_LOGS")
    assert said_before(hass, "c1") == []


async def test_a_state_that_cannot_be_set_harms_nothing_else(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything else is shown."""
    monkeypatch.delattr(AssistSatelliteEntity, "_set_state")
    listening = VoiceState(phase=Phase.LISTENING, is_enabled=False)
    only_voice(loaded_entry).async_set_updated_data(listening)
    await hass.async_block_till_done()
    assert hass.states.is_state(VOICE_ENTITY_ID, "idle")
    assert hass.states.is_state("switch.pumpkin_enabled", "off")


def test_answers_are_matched_word_for_word_where_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With Home Assistant's help sentences may have holes and choices."""
    answers = [{"id": "yes", "sentences": ["yes", "of course"]}]
    voice = object.__new__(VoiceSatellite)
    monkeypatch.delattr(AssistSatelliteEntity, "_question_response_to_answer")
    found = voice._matched("Of course!", answers)
    assert found is not None
    assert (found.id, found.sentence) == ("yes", "Of course!")
    assert voice._matched("Of coarse", answers) is None


def test_sentences_are_taken_as_they_are_where_nobody_checks_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list stays a list."""
    check = services._as_home_assistant_checks("has_no_punctuation")
    assert check is assist_satellite.services.has_no_punctuation
    monkeypatch.delattr(assist_satellite.services, "has_no_punctuation")
    taken = services._as_home_assistant_checks("has_no_punctuation")
    assert taken(["What?!"]) == ["What?!"]


async def test_records_without_an_alias_are_no_satellites(hass: HomeAssistant) -> None:
    """Nothing is offered, and an address can be typed."""
    cache = SimpleNamespace(entries_with_name=lambda _: [SimpleNamespace(other="x")])
    hass.config.components.add("zeroconf")
    instance = AsyncMock(return_value=SimpleNamespace(cache=cache))
    path = "homeassistant.components.zeroconf.async_get_instance"
    with patch(path, instance):
        assert await async_found(hass) == []


def test_a_log_that_is_made_of_something_else_is_cleaned_all_the_same() -> None:
    """The line is what people read."""
    line = f"GET {AUDIO_PATH}/abc-_1.mp3?v=1 200"
    record = logging.LogRecord("aiohttp", 20, "", 1, "%s", (line,), None)
    assert _NoTokens().filter(record)
    assert record.getMessage() == f"GET {AUDIO_PATH}/….mp3?v=1 200"


def test_the_connection_needs_no_private_module_of_the_sdk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is only loaded early; a spare copy of the module is made without it."""
    monkeypatch.setitem(sys.modules, "openai.lib._websocket", None)
    spec = importlib.util.find_spec(connection.__name__)
    assert spec is not None
    assert spec.loader is not None
    spare = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(spare)
    assert callable(spare.open_connection)


@pytest.mark.parametrize("gone", ["protocol", "transport"])
def test_a_socket_that_is_made_of_something_else_sends_as_the_library_does(
    gone: str,
) -> None:
    """Whoever wants to send at once is told to wait instead; nothing was sent."""
    transport = MagicMock(get_write_buffer_size=lambda: 0)
    parts = {"protocol": SimpleNamespace(state=State.OPEN), "transport": transport}
    assert WebSocket.send_now(cast("Any", SimpleNamespace(**parts)), b"{}")
    transport.write.assert_called_once()
    del parts[gone]
    assert not WebSocket.send_now(cast("Any", SimpleNamespace(**parts)), b"{}")
    transport.write.assert_called_once()


def test_a_connection_that_receives_otherwise_is_lost_all_the_same() -> None:
    """Its transport and parser are let go as far as they are known."""
    connection = WebSocket.__new__(WebSocket)
    with patch.object(ClientConnection, "connection_lost"):
        connection.connection_lost(None)
    assert connection.transport.is_closing()


if __name__ == "__main__":  # Write the list into the page.
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = f"{before}{BEGIN}\n{table()}\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8")
