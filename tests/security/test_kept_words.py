"""Tests of where the words of a conversation are kept, in each mode, with a recorder.

The visitor, the voice, the tool that ends the conversation and the memory of the night
each say a word of their own; then everything that Home Assistant has is searched.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
import json
import logging
from typing import Any
from unittest.mock import patch

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import Base
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import JSONEncoder
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from sqlalchemy import select

from custom_components.realtime_pumpkin.const import DOMAIN, EventName, Transcripts
from custom_components.realtime_pumpkin.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say
from custom_components.realtime_pumpkin.theatre.nights import SAVE_DELAY
from tests.card_client import card
from tests.common import VOICE_ENTITY_ID, only_voice
from tests.porch import Porch, at_the_door
from tests.test_conversation import _speech

HEARD, SAID, SUMMED, JOKED = "aardvark", "bandicoot", "capybara", "dromedary"
SECRETS = (HEARD, SAID, SUMMED, JOKED)
GREETING = Say(f"Welcome, {SAID}!", duration_ms=200)
FAREWELL = Plan(
    (
        Say(f"Goodbye, {SAID}!", duration_ms=200),
        Call(
            "finish_conversation",
            {"reason": "done", "summary": f"A {SUMMED} came.", "jokes": [JOKED]},
        ),
    )
)

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def find_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Start the recorder first: it comes before Home Assistant."""
    request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def every_entity_is_on() -> Iterator[None]:
    """Have the two sensors that show the last words, which nobody has by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    ):
        yield


@asynccontextmanager
async def visit(
    hass: HomeAssistant, ws_client: WebSocketGenerator, mode: Transcripts
) -> AsyncIterator[tuple[Porch, list[Any]]]:
    """Have a whole conversation in a mode; yield it with all that cards were told."""
    assert await async_setup_component(hass, "logbook", {})
    data = {"transcripts": mode.value, "remembers_night": True}
    async with (
        at_the_door(
            hass,
            GREETING,
            FAREWELL,
            heard=[f"I am an {HEARD}"],
            sound=_speech(1200, 600),
            data=data,
        ) as porch,
        card(hass, ws_client) as early,
        card(hass, ws_client) as late,
    ):
        await early.ask("subscribe")
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        await late.ask("subscribe")
        await porch.until(EventName.CONVERSATION_ENDED)
        await early.until_told("conversation_ended")
        await late.until_told("conversation_ended")
        await hass.async_block_till_done()
        async_fire_time_changed(
            hass, dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1)
        )
        await async_wait_recording_done(hass)
        yield porch, [early.events, late.events]


def recorded(recorder: Recorder) -> dict[str, str]:
    """Return all that the database holds, by table."""
    with recorder.get_session() as session:
        return {
            table.name: repr(session.execute(select(table)).all())
            for table in Base.metadata.sorted_tables
        }


def found(text: object) -> set[str]:
    """Return which of the secret words something holds."""
    told = text if isinstance(text, str) else json.dumps(text, default=repr)
    return {word for word in SECRETS if word in told}


def tables_with_words(recorder: Recorder) -> set[str]:
    """Return the tables of the database that hold any of the words."""
    return {name for name, rows in recorded(recorder).items() if found(rows)}


@pytest.mark.parametrize(
    ("mode", "tables"),
    [
        (Transcripts.ALL, {"event_data", "states"}),
        (Transcripts.EVENTS, {"event_data"}),
        (Transcripts.ENTITIES, {"states"}),
        (Transcripts.NONE, set()),
    ],
)
async def test_the_database_holds_words_where_the_mode_says_so_and_nowhere_else(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    homeassistant_component: None,
    hass_ws_client: WebSocketGenerator,
    mode: Transcripts,
    tables: set[str],
) -> None:
    """Every table is searched, with events, states, attributes and contexts."""
    async with visit(hass, hass_ws_client, mode):
        assert tables_with_words(recorder_mock) == tables
        # The search itself works: what is no secret is found.
        assert "conversation_ended" in recorded(recorder_mock)["event_types"]


@pytest.mark.parametrize(
    ("mode", "shows"), [(Transcripts.EVENTS, False), (Transcripts.ENTITIES, True)]
)
async def test_entities_show_words_where_the_mode_says_so(
    hass: HomeAssistant,
    homeassistant_component: None,
    hass_ws_client: WebSocketGenerator,
    mode: Transcripts,
    shows: bool,
) -> None:
    """Sensors and the event entity, in states and attributes."""
    async with visit(hass, hass_ws_client, mode):
        shown = found(str([state.as_dict() for state in hass.states.async_all()]))
        assert bool(shown) is shows
        heard = hass.states.get("sensor.pumpkin_last_heard")
        assert heard is not None
        assert found(heard.state) == ({HEARD} if shows else set())


async def test_a_voice_that_tells_nobody_tells_nobody(
    hass: HomeAssistant,
    homeassistant_component: None,
    hass_ws_client: WebSocketGenerator,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No event, card, report, file, answer of the night, nor a log at debug."""
    caplog.set_level(logging.CRITICAL, logger="demo.realtime_server")
    caplog.set_level(logging.CRITICAL, logger="websockets.server")
    caplog.set_level(logging.DEBUG)  # Last: it is the level of what is captured.
    async with visit(hass, hass_ws_client, Transcripts.NONE) as (porch, cards):
        report = await async_get_config_entry_diagnostics(hass, porch.entry)
        night = await hass.services.async_call(
            DOMAIN,
            "night_summary",
            {"entity_id": VOICE_ENTITY_ID},
            blocking=True,
            return_response=True,
        )
        assert found([event.data for event in porch.events]) == set()
        assert found(cards) == set()
        assert found(json.dumps(report, cls=JSONEncoder, default=repr)) == set()
        assert found(night) == set()
        assert found(dict(only_voice(porch.entry).so_far())) == set()
        assert night[VOICE_ENTITY_ID]["visitors"] == 1  # It was counted all the same.
    assert found(hass_storage) == set()
    assert found(caplog.text) == set()


async def test_cards_are_told_words_that_the_bus_is_not(
    hass: HomeAssistant,
    homeassistant_component: None,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Whoever may see the entity, for as long as they look."""
    async with visit(hass, hass_ws_client, Transcripts.ENTITIES) as (porch, cards):
        assert found(cards) >= {HEARD, SAID}
        assert found([event.data for event in porch.events]) == set()


async def test_no_words_are_logged_above_debug(
    hass: HomeAssistant,
    homeassistant_component: None,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And at debug only Home Assistant's bus tells its events."""
    caplog.set_level(logging.CRITICAL, logger="demo.realtime_server")
    caplog.set_level(logging.WARNING, logger="sqlalchemy.engine")  # As at home.
    caplog.set_level(logging.DEBUG)  # Last: it is the level of what is captured.
    async with visit(hass, hass_ws_client, Transcripts.ALL):
        pass
    told = [one for one in caplog.records if found(one.getMessage())]
    assert not [one for one in told if one.levelno > logging.DEBUG]
    assert not [
        one for one in told if one.name.startswith(f"custom_components.{DOMAIN}")
    ]
