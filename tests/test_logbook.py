"""Tests of what the logbook says."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.core import Recorder as RecorderThread
from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.logbook import _REASONS, async_describe_events
from custom_components.realtime_pumpkin.realtime.finish import EndReason
from tests.common import VOICE_ENTITY_ID, only_voice


@pytest.fixture(autouse=True)
def find_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Start the recorder first where a test has one: it comes before Home Assistant."""
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")


def told(
    hass: HomeAssistant, event: EventName, /, **data: Any
) -> dict[str, str] | None:
    """Return what the logbook says of an event; None: it does not show it."""
    describers: dict[str, Callable[[Event], dict[str, str]]] = {}

    def keep(
        domain: str, kind: str, describe: Callable[[Event], dict[str, str]]
    ) -> None:
        """Keep a description."""
        assert domain == DOMAIN
        describers[kind] = describe

    async_describe_events(hass, keep)
    kind = f"{DOMAIN}_{event}"
    if kind not in describers:
        return None
    return describers[kind](Event(kind, {"entity_id": VOICE_ENTITY_ID, **data}))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (EventName.CONVERSATION_STARTED, {}, "started a conversation"),
        (EventName.USER_TRANSCRIPT, {"text": "Boo?"}, "heard “Boo?”"),
        (EventName.USER_TRANSCRIPT, {}, "heard a visitor"),
        (EventName.ASSISTANT_TRANSCRIPT, {"text": "Boo!"}, "said “Boo!”"),
        (EventName.ASSISTANT_TRANSCRIPT, {}, "said something"),
        (EventName.INTERRUPTED, {"heard_ms": 1}, "was interrupted"),
        (
            EventName.TOOL_CALLED,
            {"name": "fog", "arguments": {"for": "Tim"}},
            "called the tool fog",
        ),
        (
            EventName.TOOL_FINISHED,
            {"name": "fog", "outcome": "done", "actions": ["script.fog"], "reason": ""},
            "used the tool fog: script.fog",
        ),
        (
            EventName.TOOL_FINISHED,
            {"name": "fog", "outcome": "refused", "actions": [], "reason": "a → b"},
            "was not allowed to use the tool fog: a → b",
        ),
        (
            EventName.CONVERSATION_ENDED,
            {"reason": "finished", "duration": 41.7},
            "ended a conversation after 42 s",
        ),
        (
            EventName.CONVERSATION_ENDED,
            {"reason": "idle", "duration": 20},
            "ended a conversation after 20 s: nobody spoke",
        ),
        (
            EventName.BUDGET_REACHED,
            {"budget": "monthly", "budget_usd": 20.0},
            "has spent its 20.00 USD of the month",
        ),
        (
            EventName.NIGHT_ENDED,
            {"visitors": 1},
            "forgot a night with 1 visitor",
        ),
        (
            EventName.ERROR,
            {"kind": "satellite_lost", "message": "192.0.2.7"},
            "had a problem: satellite lost",
        ),
    ],
)
async def test_an_event_reads_as_a_sentence(
    hass: HomeAssistant, name: EventName, data: dict[str, Any], message: str
) -> None:
    """After the name of the voice; arguments and server's words are left out."""
    hass.states.async_set(VOICE_ENTITY_ID, "idle", {"friendly_name": "Pumpkin"})
    assert told(hass, name, **data) == {
        "name": "Pumpkin",
        "message": message,
        "entity_id": VOICE_ENTITY_ID,
    }


async def test_a_voice_that_is_gone_is_still_told_of(hass: HomeAssistant) -> None:
    """The logbook shows old events as well."""
    said = told(hass, EventName.CONVERSATION_STARTED, entity_id=None)
    assert said == {"name": "Realtime Pumpkin", "message": "started a conversation"}


@pytest.mark.parametrize(
    "name",
    [
        EventName.ASSISTANT_TRANSCRIPT_DELTA,
        EventName.AUDIO_STARTED,
        EventName.ITEM_FINISHED,
        EventName.SPEECH_STARTED,
    ],
)
async def test_what_happens_all_the_time_is_left_out(
    hass: HomeAssistant, name: EventName
) -> None:
    """A logbook is read by people."""
    assert told(hass, name) is None


def test_every_reason_has_its_words() -> None:
    """No end is without its why."""
    assert _REASONS.keys() == {reason.value for reason in EndReason}


async def test_home_assistants_logbook_shows_a_conversation(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    homeassistant_component: None,
    loaded_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It finds the descriptions and files them under the satellite."""
    assert isinstance(recorder_mock, RecorderThread)
    assert await async_setup_component(hass, "logbook", {})
    start = hass.states.get(VOICE_ENTITY_ID)
    assert start is not None
    only_voice(loaded_entry).events.fire(EventName.USER_TRANSCRIPT, "c1", text="Boo?")
    await async_wait_recording_done(hass)
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "logbook/get_events",
            "start_time": start.last_changed.isoformat(),
            "entity_ids": [VOICE_ENTITY_ID],
        }
    )
    answer = await client.receive_json()
    assert answer["success"]
    assert "heard “Boo?”" in [entry.get("message") for entry in answer["result"]]
