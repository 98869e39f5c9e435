"""Tests of the voice as a satellite entity."""

from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.realtime.events import Phase
from custom_components.realtime_pumpkin.request import ConversationRequest
from custom_components.realtime_pumpkin.voice_state import VoiceState
from tests.common import VOICE_ENTITY_ID, only_voice


@pytest.fixture
def start_conversation() -> Any:
    """Replace the start of a conversation."""
    with patch.object(
        VoiceCoordinator, "async_start_conversation", AsyncMock(return_value="c1")
    ) as start:
        yield start


async def call(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Call an action of Home Assistant's satellites on the voice."""
    await hass.services.async_call(
        "assist_satellite",
        action,
        {"entity_id": VOICE_ENTITY_ID, **data},
        blocking=True,
        return_response=action == "ask_question",
    )


def shown(hass: HomeAssistant) -> str:
    """Return the state of the voice as everybody sees it."""
    state = hass.states.get(VOICE_ENTITY_ID)
    assert state is not None
    return state.state


async def test_the_state_is_what_the_voice_is_doing(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Each phase of a conversation is a state of the satellite."""
    seen = [shown(hass)]
    for phase in (Phase.LISTENING, Phase.PROCESSING, Phase.RESPONDING, Phase.IDLE):
        only_voice(loaded_entry).async_set_updated_data(VoiceState(phase=phase))
        seen.append(shown(hass))
    assert seen == ["idle", "listening", "processing", "responding", "idle"]


async def test_home_assistants_own_action_starts_a_conversation(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    start_conversation: AsyncMock,
) -> None:
    """No pipeline is asked: the message opens, the prompt instructs."""
    await call(
        hass,
        "start_conversation",
        start_message="Boo!",
        extra_system_prompt="Be a pirate.",
    )
    start_conversation.assert_awaited_once_with(
        ConversationRequest(opening="Boo!", instructions="Be a pirate.")
    )
    # No pipeline has touched the state on the way.
    assert shown(hass) == "idle"


async def test_the_frontend_may_ask_for_wake_words_and_hears_of_none(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The satellite's settings page opens without an error."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "assist_satellite/get_configuration",
            "entity_id": VOICE_ENTITY_ID,
        }
    )
    answer = await client.receive_json()
    assert answer["success"]
    assert answer["result"]["available_wake_words"] == []
