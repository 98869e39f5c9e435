"""Tests of the actions of a voice."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY, AsyncMock, call, patch

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin import services
from custom_components.realtime_pumpkin.const import DOMAIN, BusyPolicy
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.request import ConversationRequest
from tests.common import VOICE_ENTITY_ID

CONTEXT = Context()
METHODS = {
    "start_conversation": "async_start_conversation",
    "stop_conversation": "async_stop_conversation",
    "add_message": "async_add_message",
}


@pytest.fixture
def done() -> Iterator[dict[str, AsyncMock]]:
    """Replace what the actions ask of the coordinator."""
    mocks = {name: AsyncMock(return_value="c1") for name in METHODS}
    say = AsyncMock()
    with (
        patch.multiple(
            VoiceCoordinator, **{METHODS[name]: mock for name, mock in mocks.items()}
        ),
        patch.object(services, "async_say", say),
    ):
        yield {**mocks, "say": say}


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call one of our actions on the voice."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        {"entity_id": VOICE_ENTITY_ID, **data},
        blocking=True,
        context=CONTEXT,
    )


@pytest.mark.parametrize(
    ("action", "data", "asked"),
    [
        (
            "start_conversation",
            {},
            call(ConversationRequest()),
        ),
        (
            "start_conversation",
            {"opening": " Boo! ", "instructions": "Rhyme.", "context": "Two ghosts."},
            call(
                ConversationRequest(
                    opening="Boo!", instructions="Rhyme.", context="Two ghosts."
                )
            ),
        ),
        (
            "start_conversation",
            {"opening": "", "instructions": "  ", "context": ""},
            call(ConversationRequest()),
        ),
        (
            "start_conversation",
            {"busy": "queue"},
            call(ConversationRequest(busy=BusyPolicy.QUEUE)),
        ),
        ("say", {"text": " Boo! "}, call(ANY, "Boo!", verbatim=True, cause=CONTEXT)),
        (
            "say",
            {"text": "Boo!", "verbatim": False},
            call(ANY, "Boo!", verbatim=False, cause=CONTEXT),
        ),
        ("stop_conversation", {}, call(goodbye=True)),
        ("stop_conversation", {"goodbye": False}, call(goodbye=False)),
        (
            "add_message",
            {"text": "Start your answer with an evil laugh."},
            call(
                role="system",
                text="Start your answer with an evil laugh.",
                respond=True,
            ),
        ),
        (
            "add_message",
            {"role": "user", "text": "An egg?", "respond": False},
            call(role="user", text="An egg?", respond=False),
        ),
    ],
)
async def test_an_action_asks_the_coordinator(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    done: dict[str, AsyncMock],
    action: str,
    data: dict[str, Any],
    asked: Any,
) -> None:
    """Defaults are filled in, empty texts are no texts."""
    await act(hass, action, **data)
    assert done[action].await_args_list == [asked]


async def test_a_start_answers_with_the_conversations_id(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    done: dict[str, AsyncMock],
) -> None:
    """An automation can wait for the events of just this conversation."""
    response = await hass.services.async_call(
        DOMAIN,
        "start_conversation",
        {"entity_id": VOICE_ENTITY_ID},
        blocking=True,
        return_response=True,
    )
    assert response == {VOICE_ENTITY_ID: {"conversation_id": "c1"}}


async def test_a_device_is_a_target_as_well(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    done: dict[str, AsyncMock],
) -> None:
    """Only the satellite of the device is asked, not its event entity."""
    [device] = dr.async_entries_for_config_entry(device_registry, loaded_entry.entry_id)
    await hass.services.async_call(
        DOMAIN, "start_conversation", {"device_id": device.id}, blocking=True
    )
    done["start_conversation"].assert_awaited_once()


async def test_a_refusal_of_the_coordinator_reaches_the_caller(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    done: dict[str, AsyncMock],
) -> None:
    """A translated error is passed on as it is."""
    refusal = HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="satellite_occupied",
        translation_placeholders={"host": "porch", "port": "10700"},
    )
    done["start_conversation"].side_effect = refusal
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "start_conversation")
    assert caught.value is refusal
    assert "porch:10700" in str(caught.value)


async def test_the_actions_exist_while_no_account_is_loaded(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """An automation can be checked and edited at any time."""
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    for action in METHODS:
        assert hass.services.has_service(DOMAIN, action)
