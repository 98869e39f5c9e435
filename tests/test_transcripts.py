"""Tests of where the words of visitor and voice may appear."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.realtime_pumpkin.bus import ConversationEvent
from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.realtime.events import (
    AssistantTranscriptDelta,
    UserTranscript,
)
from tests.common import account, async_set_up, only_voice, voice

SAID: dict[EventName, dict[str, Any]] = {
    EventName.USER_TRANSCRIPT: {"text": "I am Tim."},
    EventName.ASSISTANT_TRANSCRIPT: {"text": "Hello, Tim!"},
    EventName.ASSISTANT_TRANSCRIPT_DELTA: {"delta": "Tim"},
    EventName.TOOL_CALLED: {"arguments": '{"name": "Tim"}'},
    EventName.FINISHED: {"summary": "Tim was here."},
    EventName.CONVERSATION_ENDED: {"transcript": [{"role": "user", "text": "Tim"}]},
}


@pytest.fixture
async def secretive(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> AsyncIterator[MockConfigEntry]:
    """Yield an account whose voice tells nobody what was said."""
    entry = account(realtime_url, voice(data={"transcripts": "none"}))
    await async_set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def tell(hass: HomeAssistant, entry: MockConfigEntry, name: EventName) -> Event:
    """Let words be said and return what the bus hears of it."""
    heard = async_capture_events(hass, f"{DOMAIN}_{name}")
    only_voice(entry).events.fire(name, "01JAZ", item_id="i1", **SAID[name])
    [event] = heard
    return event


@pytest.mark.parametrize("name", SAID)
async def test_a_secretive_voice_tells_the_bus_that_something_was_said(
    hass: HomeAssistant, secretive: MockConfigEntry, name: EventName
) -> None:
    """But not what: Home Assistant's recorder stores the bus."""
    event = tell(hass, secretive, name)
    assert event.data["item_id"] == "i1"
    assert event.data["conversation_id"] == "01JAZ"
    assert event.data.keys().isdisjoint(SAID[name])
    assert "Tim" not in str(event.data)


@pytest.mark.parametrize("name", SAID)
async def test_any_other_voice_tells_the_bus_what_was_said(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, name: EventName
) -> None:
    """Unless somebody has chosen otherwise."""
    assert SAID[name].items() <= tell(hass, loaded_entry, name).data.items()


async def test_a_secretive_voice_shows_no_words_as_they_are_said(
    secretive: MockConfigEntry,
) -> None:
    """They never reach the card; what counts what happens learns of all."""
    coordinator = only_voice(secretive)
    words: list[ConversationEvent] = []
    updates: list[object] = []
    stops = [
        coordinator.events.listen_to_deltas(words.append),
        coordinator.events.listen_to_updates(updates.append),
    ]
    said = [
        AssistantTranscriptDelta("r1", "i2", "Tim"),
        UserTranscript("i1", "I am Tim."),
    ]
    for update in said:
        coordinator.conversation_updated(update)
    for stop in stops:
        stop()
    assert words == []
    assert updates == said


async def test_a_voice_for_entities_tells_the_bus_no_words_and_its_listeners_all(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> None:
    """Its entities listen, and so does the card."""
    entry = account(realtime_url, voice(data={"transcripts": "entities"}))
    await async_set_up(hass, entry)
    heard: list[ConversationEvent] = []
    stop = only_voice(entry).events.listen(heard.append)
    for name, words in SAID.items():
        assert tell(hass, entry, name).data.keys().isdisjoint(words)
        assert words.items() <= heard[-1].data.items()
    stop()
    await hass.config_entries.async_unload(entry.entry_id)
