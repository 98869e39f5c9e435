"""Tests of an account's life: set up, changed, reloaded, unloaded."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)
from websockets.asyncio.server import ServerConnection
from yarl import URL

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from tests.common import (
    EVENT_ENTITY_ID,
    VOICE_DATA,
    VOICE_ENTITY_ID,
    account,
    async_set_up,
    only_subentry,
    voice,
)
from tests.links.satellite import HOST, on_the_porch
from tests.realtime_server import Handler, fails, greet, realtime_server

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


async def test_a_voice_is_one_device_with_its_entities(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Device and entities belong to the subentry and are known by its id."""
    assert loaded_entry.state is ConfigEntryState.LOADED
    subentry = only_subentry(loaded_entry)
    device = device_registry.async_get_device_by_identifier(
        (DOMAIN, subentry.subentry_id), loaded_entry.entry_id
    )
    assert device is not None
    assert device.name == "Pumpkin"
    assert device.entry_type is DeviceEntryType.SERVICE
    entities = er.async_entries_for_device(entity_registry, device.id)
    assert {(entity.entity_id, entity.unique_id) for entity in entities} >= {
        (VOICE_ENTITY_ID, f"{subentry.subentry_id}_voice"),
        (EVENT_ENTITY_ID, f"{subentry.subentry_id}_conversation"),
        ("conversation.pumpkin", f"{subentry.subentry_id}_agent"),
        ("stt.pumpkin", f"{subentry.subentry_id}_stt"),
        ("tts.pumpkin_voice", f"{subentry.subentry_id}_tts"),
        ("button.pumpkin_porch_check", f"{subentry.subentry_id}_porch_check"),
    }
    assert all(
        entity.unique_id.startswith(f"{subentry.subentry_id}_") for entity in entities
    )
    assert {entity.config_subentry_id for entity in entities} == {subentry.subentry_id}


async def test_two_voices_have_entities_of_their_own(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """One account holds as many voices as the user likes."""
    entry = account(realtime_url, voice("Witch"), voice("Ghost"))
    await async_set_up(hass, entry)
    assert set(hass.states.async_entity_ids("assist_satellite")) == {
        "assist_satellite.witch",
        "assist_satellite.ghost",
    }
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_an_account_without_a_voice_loads(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """The first voice comes after the account."""
    entry = account(realtime_url)
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (greet, HTTPStatus.UNAUTHORIZED),
        (fails("invalid_request_error", "invalid_api_key", 3000), None),
    ],
)
async def test_a_refused_key_asks_for_a_new_one(
    hass: HomeAssistant, handler: Handler, status: HTTPStatus | None
) -> None:
    """Both ways of refusing a key end in Home Assistant's own repair."""
    async with realtime_server(handler, status=status) as url:
        entry = account(url, voice())
        await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "account_auth"
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (HTTPStatus.NOT_FOUND, "account_wrong_url"),
        (HTTPStatus.BAD_GATEWAY, "account_server"),
        (HTTPStatus.TOO_MANY_REQUESTS, "account_rate_limit"),
    ],
)
async def test_a_server_that_does_not_serve_is_tried_again(
    hass: HomeAssistant, status: HTTPStatus, reason: str
) -> None:
    """What may pass is retried, with the reason shown."""
    async with realtime_server(status=status) as url:
        entry = account(url, voice())
        await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == reason


async def test_a_server_that_is_away_is_tried_again(hass: HomeAssistant) -> None:
    """A server that starts after Home Assistant is found later."""
    async with realtime_server() as url:
        pass
    entry = account(url, voice())
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "account_unreachable"


async def test_the_voices_of_an_account_that_is_away_are_unavailable_until_it_is_back(
    hass: HomeAssistant,
) -> None:
    """They come back without anybody's help."""

    async def async_try_again() -> None:
        """Let Home Assistant try the set-up again; later each time."""
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5))
        await hass.async_block_till_done(wait_background_tasks=True)

    async with realtime_server() as url:
        entry = account(url, voice())
        await async_set_up(hass, entry)
        assert hass.states.is_state(VOICE_ENTITY_ID, "idle")
    assert not await hass.config_entries.async_reload(entry.entry_id)
    await async_try_again()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert hass.states.is_state(VOICE_ENTITY_ID, STATE_UNAVAILABLE)
    async with realtime_server(port=URL(url).port):
        await async_try_again()
        assert hass.states.is_state(VOICE_ENTITY_ID, "idle")
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("code", ["invalid_model", "insufficient_quota"])
async def test_what_a_conversation_tells_does_not_keep_an_account_from_loading(
    hass: HomeAssistant, code: str
) -> None:
    """The key is good; a voice with a retired model must not stop the others."""
    async with realtime_server(fails("invalid_request_error", code, 4000)) as url:
        entry = account(url, voice())
        await async_set_up(hass, entry)
        assert entry.state is ConfigEntryState.LOADED
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_unloading_ends_the_conversations_and_removes_the_entities(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Nothing keeps talking after its entry is gone."""
    with patch.object(
        VoiceCoordinator, "async_shutdown", autospec=True
    ) as async_shutdown:
        assert await hass.config_entries.async_unload(loaded_entry.entry_id)
        await hass.async_block_till_done()
    assert async_shutdown.await_count >= 1
    assert loaded_entry.state is ConfigEntryState.NOT_LOADED
    state = hass.states.get(VOICE_ENTITY_ID)
    assert state is not None
    assert state.state == "unavailable"


async def test_unloading_in_mid_conversation_frees_satellite_and_server(
    hass: HomeAssistant,
) -> None:
    """No task, socket or stream stays behind, and the end is told."""
    left: asyncio.Queue[None] = asyncio.Queue()

    async def handler(connection: ServerConnection) -> None:
        """Open a session and see its end."""
        await greet(connection)
        left.put_nowait(None)

    async with on_the_porch() as satellite, realtime_server(handler) as url:
        microphone = {"kind": "wyoming", "host": HOST, "port": satellite.port}
        entry = account(url, voice(data={"microphone": microphone}))
        await async_set_up(hass, entry)
        await left.get()  # the check of the account opened a session, too
        await hass.services.async_call(
            DOMAIN, "start_conversation", {"entity_id": VOICE_ENTITY_ID}, blocking=True
        )
        assert satellite.is_owned
        ended = async_capture_events(hass, f"{DOMAIN}_conversation_ended")
        assert await hass.config_entries.async_unload(entry.entry_id)
        async with asyncio.timeout(2):
            await left.get()
            while satellite.is_owned:  # noqa: ASYNC110  # it reads the end later
                await asyncio.sleep(0.001)
        assert [event.data["reason"] for event in ended] == ["unloaded"]
    assert not [task for task in asyncio.all_tasks() if "Pumpkin" in task.get_name()]


async def test_stopping_home_assistant_ends_the_conversations(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Entries are not unloaded at a stop, so the coordinators listen for it."""
    with patch.object(
        VoiceCoordinator, "async_shutdown", autospec=True
    ) as async_shutdown:
        hass.bus.async_fire("homeassistant_stop")
        await hass.async_block_till_done()
        assert async_shutdown.await_count == 1


async def test_asking_for_an_update_changes_nothing(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """There is nothing to fetch, and nothing that could fail."""
    await hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": [VOICE_ENTITY_ID, EVENT_ENTITY_ID]},
        blocking=True,
    )
    await hass.async_block_till_done()
    assert hass.states.is_state(VOICE_ENTITY_ID, "idle")


async def test_an_added_voice_appears_without_a_restart(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The entry reloads when its subentries change."""
    witch = ConfigSubentry(
        data=MappingProxyType(VOICE_DATA),
        subentry_type="voice",
        title="Witch",
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(loaded_entry, witch)
    await hass.async_block_till_done()
    assert hass.states.get("assist_satellite.witch") is not None
    assert hass.states.get(VOICE_ENTITY_ID) is not None


async def test_a_removed_voice_takes_its_device_along(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """Neither entity nor device stays behind."""
    subentry_id = only_subentry(loaded_entry).subentry_id
    hass.config_entries.async_remove_subentry(loaded_entry, subentry_id)
    await hass.async_block_till_done()
    assert hass.states.get(VOICE_ENTITY_ID) is None
    assert not dr.async_entries_for_config_entry(device_registry, loaded_entry.entry_id)


async def test_a_removed_account_leaves_nothing_behind(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Removing the entry removes every state of ours."""
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    await hass.async_block_till_done()
    assert not hass.states.async_entity_ids(["assist_satellite", "event"])
