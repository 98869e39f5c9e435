"""Tests of the speaker that a voice is told to speak through: it is tried."""

from typing import Any
from unittest.mock import AsyncMock

from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant, ServiceCall
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin.links import media_player
from custom_components.realtime_pumpkin.links.errors import SpeakerNeverFetched
from custom_components.realtime_pumpkin.links.stream_view import async_get_streams
from tests.common import account, async_set_up, voice
from tests.links.satellite import HOST, on_the_porch
from tests.links.virtual_time import until
from tests.voice_flow import (
    PLAYER,
    add_player,
    add_satellite,
    async_fill,
    async_go_on,
    async_reconfigure,
    async_to,
    shown,
)

pytestmark = pytest.mark.usefixtures("probe")


async def async_play_on(
    hass: HomeAssistant, fetch: ClientSessionGenerator | None
) -> list[str]:
    """Let the player fetch what it is told to play, or not; return the addresses."""
    urls: list[str] = []
    async_get_streams(hass)  # The router takes no more views once a client is there.
    client = await fetch() if fetch else None

    async def play(call: ServiceCall) -> None:
        """Fetch the sound to its end."""
        urls.append(call.data["media_content_id"])
        if client is not None:
            path = "/api/" + urls[-1].partition("/api/")[2]
            hass.async_create_task(_async_drain(client, path))

    hass.services.async_register("media_player", "play_media", play)
    hass.services.async_register("media_player", "media_stop", AsyncMock())
    hass.config.internal_url = "http://192.0.2.1:8123"
    return urls


async def _async_drain(client: Any, path: str) -> None:
    """Read a sound to its end."""
    async with client.get(path) as response:
        assert await response.read()


async def test_the_player_plays_a_chirp_before_it_is_stored(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """It fetched the sound from Home Assistant itself."""
    urls = await async_play_on(hass, hass_client_no_auth)
    add_player(hass)
    result = await async_to(hass, loaded_entry, "speaker")
    result = await async_fill(hass, result, {"speaker": PLAYER})
    assert result["step_id"] == "manners"
    assert urls[0].startswith("http://192.0.2.1:8123/api/realtime_pumpkin/audio/")
    await hass.async_block_till_done()


async def test_a_player_that_never_fetches_is_named_with_the_address(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user may go on regardless, and the speaker is stored."""
    monkeypatch.setattr(media_player, "_FETCH_TIMEOUT_S", 0.05)
    urls = await async_play_on(hass, None)
    add_player(hass)
    result = await async_to(hass, loaded_entry, "speaker")
    assert "regardless" not in (result["data_schema"] or {}).schema  # type: ignore[union-attr]
    result = await async_fill(hass, result, {"speaker": PLAYER})
    assert result["errors"] == {"speaker": SpeakerNeverFetched.translation_key}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["entity_id"] == PLAYER
    assert urls[0].startswith(placeholders["url"].split("?")[0][:20])
    insisting = {"speaker": PLAYER, "regardless": True}
    result = await async_fill(hass, result, insisting)
    assert result["step_id"] == "manners"
    await hass.async_block_till_done()


async def test_a_player_that_went_away_is_named(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """It was removed while the form was open."""
    add_player(hass)
    result = await async_to(hass, loaded_entry, "speaker")
    hass.states.async_remove(PLAYER)
    result = await async_fill(
        hass, result, {"speaker": "satellite"} | {"speaker": PLAYER}
    )
    assert result["errors"] == {"speaker": "speaker_unavailable"}


async def test_a_satellites_own_player_is_tried(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """It is found by its device."""
    add_satellite(hass)
    hass.states.async_set("media_player.own", "idle", {ATTR_SUPPORTED_FEATURES: 512})
    urls = await async_play_on(hass, hass_client_no_auth)
    chosen = {"microphone": "assist:assist_satellite.porch"}
    result = await async_to(hass, loaded_entry, "speaker", microphone=chosen)
    result = await async_fill(hass, result, {"speaker": "satellite"})
    assert result["step_id"] == "manners"
    assert len(urls) == 1
    await hass.async_block_till_done()


async def test_a_wyoming_satellite_plays_the_chirp_itself(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """And is free again afterwards."""
    async with on_the_porch(most_ahead=1.0) as satellite:
        address = {"host": HOST, "port": satellite.port}
        result = await async_to(hass, loaded_entry, "speaker", address=address)
        result = await async_fill(hass, result, {"speaker": "satellite"})
        assert result["step_id"] == "manners"
        assert satellite.played
        await until(lambda: not satellite.is_owned)


@pytest.mark.usefixtures("trial")
async def test_what_did_not_change_is_not_tried(
    hass: HomeAssistant,
    homeassistant_component: None,
    realtime_url: str,
    trial: AsyncMock,
) -> None:
    """A voice may be in a conversation while it is renamed."""
    add_player(hass)
    speaker = {"kind": "media_player", "entity_id": PLAYER}
    entry = account(realtime_url, voice(data={"speaker": speaker}))
    await async_set_up(hass, entry)
    result = await async_go_on(
        hass,
        await async_reconfigure(hass, entry),
        "speaker",
        address={"host": "192.0.2.7", "port": 10700},
    )
    assert shown(result) == {"speaker": PLAYER}
    await async_go_on(hass, result, speaker={"speaker": PLAYER})
    await hass.async_block_till_done()
    trial.assert_not_awaited()
    await hass.config_entries.async_unload(entry.entry_id)
