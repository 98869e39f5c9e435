"""Tests of who is told the addresses that players fetch, and until when."""

import asyncio
from collections.abc import AsyncIterator
import logging
from typing import Any, cast

from aiohttp.test_utils import TestClient
from homeassistant.const import EVENT_LOGGING_CHANGED
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.links import media_player
from custom_components.realtime_pumpkin.links.deck import Deck
from custom_components.realtime_pumpkin.links.player import MediaPlayer
from custom_components.realtime_pumpkin.links.stream_view import (
    AUDIO_PATH,
    AudioStreams,
    async_get_streams,
)
from tests.common import VOICE_ENTITY_ID, account, async_set_up, only_voice, voice
from tests.links.satellite import HOST, on_the_porch
from tests.porch import GREETING, QUIET
from tests.scripted_server import LocalServer
from tests.security.streams import stream

pytestmark = pytest.mark.usefixtures("socket_enabled")

PLAYER = "media_player.porch"


@pytest.fixture
async def player(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> asyncio.Future[str]:
    """Return what a media player, which never fetches, is asked to play first.

    On a slow machine nobody may give it up before the test has looked.
    """
    monkeypatch.setattr(media_player, "_FETCH_TIMEOUT_S", 60.0)
    asked: asyncio.Future[str] = hass.loop.create_future()

    async def play(call: ServiceCall) -> None:
        """Note the address."""
        if not asked.done():
            asked.set_result(call.data["media_content_id"])

    hass.states.async_set(PLAYER, "idle", {"supported_features": 512 | 4096})
    hass.services.async_register("media_player", "play_media", play)
    async_mock_service(hass, "media_player", "media_stop")
    hass.config.internal_url = "http://192.0.2.1:8123"
    return asked


@pytest.fixture
async def at_a_player(
    hass: HomeAssistant, homeassistant_component: None
) -> AsyncIterator[MockConfigEntry]:
    """Yield an account whose voice listens at a satellite and speaks at a player."""
    async with (
        LocalServer([GREETING, GREETING]).listening() as server,
        on_the_porch(**QUIET) as satellite,
    ):
        ends = {
            "microphone": {"kind": "wyoming", "host": HOST, "port": satellite.port},
            "speaker": {"kind": "media_player", "entity_id": PLAYER},
        }
        entry = account(server.url, voice(data=ends))
        await async_set_up(hass, entry)
        async_get_streams(hass)  # The test's server takes no views once it runs.
        yield entry
        if hass.config_entries.async_get_entry(entry.entry_id):
            await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


async def asked_to_play(hass: HomeAssistant, player: asyncio.Future[str]) -> str:
    """Start a conversation and return the path that the player is told to fetch."""
    await hass.services.async_call(
        DOMAIN, "start_conversation", {"entity_id": VOICE_ENTITY_ID}, blocking=True
    )
    async with asyncio.timeout(40):
        url = await player
    return url.removeprefix("http://192.0.2.1:8123")


async def end(hass: HomeAssistant, entry: MockConfigEntry, how: str) -> None:
    """End a conversation in one of the ways in which one may end."""
    match how:
        case "stopped":
            await hass.services.async_call(
                DOMAIN,
                "stop_conversation",
                {"entity_id": VOICE_ENTITY_ID, "goodbye": False},
                blocking=True,
            )
            await only_voice(entry).async_wait_for_end()
        case "unloaded":
            await hass.config_entries.async_unload(entry.entry_id)
        case "removed":
            await hass.config_entries.async_remove(entry.entry_id)
        case "Home Assistant stops":
            await only_voice(entry).async_shutdown()
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    "how", ["stopped", "unloaded", "removed", "Home Assistant stops"]
)
async def test_a_token_dies_with_its_conversation(
    hass: HomeAssistant,
    player: asyncio.Future[str],
    at_a_player: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    how: str,
) -> None:
    """Whether a player ever fetched it or not."""
    client = await hass_client_no_auth()
    path = await asked_to_play(hass, player)
    assert (await client.head(path)).status == 200
    await end(hass, at_a_player, how)
    assert (await client.head(path)).status == 404
    assert len(async_get_streams(hass)) == 0


async def test_a_conversation_shows_its_token_to_no_log_of_ours(
    hass: HomeAssistant,
    player: asyncio.Future[str],
    at_a_player: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At any level, nor to one of Home Assistant's; what players write is theirs."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="aiohttp.access")
    hass.bus.async_fire(EVENT_LOGGING_CHANGED)  # The bus looks at its level then only.
    client = await hass_client_no_auth()
    path = await asked_to_play(hass, player)
    token = path.removeprefix(f"{AUDIO_PATH}/").partition(".mp3")[0]
    assert len(token) == 22
    assert (await client.head(path)).status == 200
    await end(hass, at_a_player, "stopped")
    assert (await client.get(path)).status == 404
    await client.close()
    assert not [record.name for record in caplog.records if token in shown(record)]
    told = {each.name for each in caplog.records if f"{AUDIO_PATH}/…" in shown(each)}
    # Each of them did write of it, so each was kept from the token.
    assert told == {
        "aiohttp.access",
        "homeassistant.core",
        "homeassistant.helpers.http",
    }


def shown(record: logging.LogRecord) -> str:
    """Return all that a formatter may write of a record."""
    return record.getMessage() + repr(vars(record))


async def test_no_state_and_no_diagnostics_of_ours_holds_a_token(
    hass: HomeAssistant,
    player: asyncio.Future[str],
    at_a_player: MockConfigEntry,
) -> None:
    """What a player shows of what it plays is the player's."""
    path = await asked_to_play(hass, player)
    token = path.removeprefix(f"{AUDIO_PATH}/").partition(".mp3")[0]
    told = str([state.as_dict() for state in hass.states.async_all()])
    told += repr(only_voice(at_a_player).data) + repr(only_voice(at_a_player).options)
    assert token not in told


async def test_other_pages_stay_in_the_web_servers_log_as_they_are(
    streams: AudioStreams, stranger: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The filter is for our own path."""
    caplog.set_level(logging.INFO, logger="aiohttp.access")
    await stranger.get("/api/somewhere/else.mp3?v=1")
    [record] = [one for one in caplog.records if one.name == "aiohttp.access"]
    assert "/api/somewhere/else.mp3?v=1" in record.getMessage()


async def test_a_player_that_quotes_an_address_tells_no_log_of_it(
    hass: HomeAssistant,
    streams: AudioStreams,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Integrations say in their own words what they could not play."""
    caplog.set_level(logging.DEBUG)
    quoted: list[str] = []

    class Quoting:
        """A player that takes nothing, and says what."""

        entity_id = PLAYER
        stops_by_command = False
        is_taken = False

        def open(self) -> str:
            """Return where Home Assistant is."""
            return "http://homeassistant.local:8123"

        async def async_play(self, url: str) -> None:
            """Refuse."""
            quoted.append(url)
            raise HomeAssistantError(f"Cannot play {url}")

    def spawn(coro: Any, name: str) -> asyncio.Task[None]:
        """Start a command."""
        return hass.async_create_background_task(coro, name)

    failures: list[str] = []
    deck = Deck(
        cast("MediaPlayer", Quoting()),
        streams,
        spawn=spawn,
        clock=hass.loop.time,
    )
    deck.open(lambda error: failures.append(str(error) + str(error.placeholders)))
    deck.play(stream())
    await deck.async_settle()
    deck.silence()
    await deck.async_close()
    assert len(quoted) == 2
    assert len(failures) == 1
    told = caplog.text + "".join(failures)
    assert "Cannot play" in caplog.text
    for url in quoted:
        token = url.rpartition("/")[2].partition(".mp3")[0]
        assert len(token) == 22
        assert token not in told
