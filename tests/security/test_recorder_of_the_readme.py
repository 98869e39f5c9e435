"""A test that what README.md tells the recorder to leave out keeps words out of it."""

from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.realtime_pumpkin.const import Transcripts
from tests.documents import README, blocks

from .test_kept_words import (
    every_entity_is_on,
    find_custom_integrations,
    found,
    recorded,
    tables_with_words,
    visit,
)

__all__ = ["every_entity_is_on", "find_custom_integrations"]

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """Return the recorder's part of the page."""
    [config] = [block["recorder"] for block in blocks(README) if "recorder" in block]
    return dict(config)


async def test_events_reach_automations_and_no_word_the_database(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    homeassistant_component: None,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """With transcripts in events only, as the page says."""
    async with visit(hass, hass_ws_client, Transcripts.EVENTS) as (porch, _):
        assert found([event.data for event in porch.events])
        assert tables_with_words(recorder_mock) == set()
        assert (
            "realtime_pumpkin_speech_started" in recorded(recorder_mock)["event_types"]
        )
