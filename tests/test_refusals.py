"""Tests of conversations that cannot start: what is told, and what stays behind."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.network import NoURLAvailableError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.realtime_pumpkin.const import DOMAIN
from tests.common import EVENT_ENTITY_ID, VOICE_ENTITY_ID, account, async_set_up, voice
from tests.links.satellite import HOST, FakeSatellite, on_the_porch
from tests.links.virtual_time import until
from tests.realtime_server import Handler, fails, greet, realtime_server

PLAYER = "media_player.porch"
SPEAKS_THROUGH_PLAYER = {"speaker": {"kind": "media_player", "entity_id": PLAYER}}

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


@asynccontextmanager
async def porch(
    hass: HomeAssistant,
    *,
    handler: Handler = greet,
    status: HTTPStatus | None = None,
    **choices: Any,
) -> AsyncIterator[tuple[MockConfigEntry, FakeSatellite]]:
    """Set up a voice at a good server, then replace that by a worse one."""
    async with AsyncExitStack() as stack:
        satellite = await stack.enter_async_context(on_the_porch())
        microphone = {"kind": "wyoming", "host": HOST, "port": satellite.port}
        async with realtime_server() as url:
            entry = account(url, voice(data={"microphone": microphone, **choices}))
            await async_set_up(hass, entry)
        port = int(url.removesuffix("/v1").rpartition(":")[2])
        await stack.enter_async_context(
            realtime_server(handler, status=status, port=port)
        )
        yield entry, satellite
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


async def async_refused(hass: HomeAssistant) -> HomeAssistantError:
    """Try to start a conversation and return why that cannot be."""
    with pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call(
            DOMAIN, "start_conversation", {"entity_id": VOICE_ENTITY_ID}, blocking=True
        )
    assert caught.value.translation_domain == DOMAIN
    return caught.value


def capture(hass: HomeAssistant) -> dict[str, list[Event]]:
    """Collect what the bus says of starts, errors and ends."""
    return {
        name: async_capture_events(hass, f"{DOMAIN}_{name}")
        for name in ("conversation_started", "error", "conversation_ended")
    }


def check_told(hass: HomeAssistant, events: dict[str, list[Event]], key: str) -> None:
    """See that the voice is idle again and every listener knows why."""
    assert hass.states.is_state(VOICE_ENTITY_ID, "idle")
    assert {name: len(fired) for name, fired in events.items()} == {
        "conversation_started": 1,
        "error": 1,
        "conversation_ended": 1,
    }
    assert key == events["error"][0].data["kind"]
    ended = events["conversation_ended"][0].data
    assert ended["reason"] == "start_failed"
    started = events["conversation_started"][0].data
    assert ended["conversation_id"] == started["conversation_id"]
    assert {fired[0].data["entity_id"] for fired in events.values()} == {
        VOICE_ENTITY_ID
    }
    shown = hass.states.get(EVENT_ENTITY_ID)
    assert shown is not None
    assert shown.attributes["event_type"] == "conversation_ended"


def repairs(issue_registry: ir.IssueRegistry) -> set[str | None]:
    """Return what a person is asked to mend."""
    return {issue.translation_key for issue in issue_registry.issues.values()}


async def test_an_unreachable_satellite_is_told(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    """It may be back in a minute, so nobody has to mend anything."""
    async with porch(hass) as (_, satellite):
        events = capture(hass)
        await satellite.stop()
        error = await async_refused(hass)
        assert error.translation_key == "satellite_unreachable"
        check_told(hass, events, "satellite_unreachable")
        assert repairs(issue_registry) == set()


async def test_a_satellite_that_another_server_holds_is_told_and_to_be_mended(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    """Somebody has to free it."""
    async with porch(hass) as (_, satellite):
        events = capture(hass)
        satellite.is_occupied = satellite.closes_on_refusal = True
        error = await async_refused(hass)
        assert error.translation_key == "satellite_occupied"
        check_told(hass, events, "satellite_occupied")
        assert repairs(issue_registry) == {"satellite_occupied"}


@pytest.mark.parametrize("state", [None, "unavailable"])
async def test_a_missing_player_is_told(hass: HomeAssistant, state: str | None) -> None:
    """Without a speaker no microphone stays open."""
    async with porch(hass, **SPEAKS_THROUGH_PLAYER) as (_, satellite):
        events = capture(hass)
        if state is not None:
            hass.states.async_set(PLAYER, state)
        error = await async_refused(hass)
        assert error.translation_key == "speaker_unavailable"
        check_told(hass, events, "speaker_unavailable")
        await until(lambda: not satellite.is_owned)


async def test_a_home_without_an_address_is_told_and_to_be_mended(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    """The player could fetch nothing."""
    hass.states.async_set(PLAYER, "idle", {"supported_features": 512})
    async with porch(hass, **SPEAKS_THROUGH_PLAYER):
        events = capture(hass)
        with patch(
            "custom_components.realtime_pumpkin.links.player.get_url",
            side_effect=NoURLAvailableError,
        ):
            error = await async_refused(hass)
        assert error.translation_key == "no_internal_url"
        check_told(hass, events, "no_internal_url")
        assert repairs(issue_registry) == {"no_internal_url"}


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (greet, HTTPStatus.UNAUTHORIZED),
        (fails("invalid_request_error", "invalid_api_key", 3000), None),
    ],
)
async def test_a_key_that_was_revoked_is_told_and_asked_for(
    hass: HomeAssistant, handler: Handler, status: HTTPStatus | None
) -> None:
    """Both ways of refusing it end in Home Assistant's own form."""
    async with porch(hass, handler=handler, status=status):
        events = capture(hass)
        error = await async_refused(hass)
        await hass.async_block_till_done()
        assert error.translation_key == "account_auth"
        check_told(hass, events, "account_auth")
        [flow] = hass.config_entries.flow.async_progress()
        assert flow["context"]["source"] == SOURCE_REAUTH


@pytest.mark.parametrize(
    ("code", "key"),
    [("invalid_model", "account_model"), ("insufficient_quota", "account_quota")],
)
async def test_what_the_account_lacks_is_told_and_to_be_mended(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, code: str, key: str
) -> None:
    """Another model has to be chosen, or credit to be bought."""
    refusal = fails("invalid_request_error", code, 4000)
    async with porch(hass, handler=refusal) as (_, satellite):
        events = capture(hass)
        error = await async_refused(hass)
        assert error.translation_key == key
        check_told(hass, events, key)
        assert repairs(issue_registry) == {key}
        await until(lambda: not satellite.is_owned)
