"""Tests of the addresses that players fetch, as somebody in the network tries them."""

import asyncio
from collections.abc import AsyncIterator
import logging
import re
import secrets
from typing import Any, cast
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.const import EVENT_LOGGING_CHANGED
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.links import media_player, stream_view
from custom_components.realtime_pumpkin.links.deck import Deck
from custom_components.realtime_pumpkin.links.player import MediaPlayer
from custom_components.realtime_pumpkin.links.stream import AudioStream
from custom_components.realtime_pumpkin.links.stream_view import (
    AUDIO_PATH,
    LONGEST_LIFE_S,
    AudioStreams,
    async_get_streams,
    stream_path,
)
from tests.common import VOICE_ENTITY_ID, account, async_set_up, only_voice, voice
from tests.links.satellite import HOST, on_the_porch
from tests.links.test_stream import mp3
from tests.porch import GREETING
from tests.scripted_server import LocalServer

pytestmark = pytest.mark.usefixtures("socket_enabled")

PLAYER = "media_player.porch"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MALFORMED = (
    "",
    ".",
    "..%2f..%2fsecrets",
    "%00%ff",
    "a" * 5000,
    "x.mp3",
    "é",
    "{token}",
    "%2e%2e",
)


class Clock:
    """A clock that a test turns."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def stream(*, is_complete: bool = True) -> AudioStream:
    """Return a stream with something in it."""
    result = AudioStream(clock=asyncio.get_running_loop().time, latency_ms=0)
    result.append(mp3(240))
    if is_complete:
        result.complete()
    return result


@pytest.fixture
async def streams(hass: HomeAssistant) -> AudioStreams:
    """Return the streams of a Home Assistant with its web server."""
    assert await async_setup_component(hass, "http", {})
    return async_get_streams(hass)


@pytest.fixture
async def stranger(
    streams: AudioStreams, hass_client_no_auth: ClientSessionGenerator
) -> TestClient:
    """Return somebody in the network who cannot log in."""
    return await hass_client_no_auth()


async def answer(client: TestClient, method: str, path: str) -> tuple[Any, ...]:
    """Return all that an answer tells: status, headers and body."""
    response = await client.request(method, path)
    headers = sorted(
        (name, value) for name, value in response.headers.items() if name != "Date"
    )
    return response.status, headers, await response.read()


@pytest.mark.parametrize("method", METHODS)
async def test_a_token_that_is_not_good_is_any_unknown_page(
    streams: AudioStreams, stranger: TestClient, method: str
) -> None:
    """Byte for byte and header for header, whatever is wrong with it."""
    removed = streams.add(stream())
    streams.remove(removed)
    unknown = await answer(stranger, method, f"{AUDIO_PATH}/nobody/knows/this.mp3")
    tried = {
        token: await answer(stranger, method, f"{AUDIO_PATH}/{token}.mp3?v=1")
        for token in (removed, "x" * 22)
    }
    if method in ("GET", "HEAD"):
        assert unknown[0] == 404
        assert set(map(repr, tried.values())) == {repr(unknown)}
    else:
        # These tell the page, which anybody may know, and nothing of a token.
        live = streams.add(stream())
        tried[live] = await answer(stranger, method, stream_path(live))
        assert len(set(map(repr, tried.values()))) == 1
        assert unknown[0] in (403, 404)
        assert {status for status, *_ in tried.values()} <= {403, 404, 405}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("token", MALFORMED)
async def test_a_malformed_token_breaks_nothing(
    streams: AudioStreams,
    stranger: TestClient,
    caplog: pytest.LogCaptureFixture,
    method: str,
    token: str,
) -> None:
    """It is refused as any page that is not there, or by Home Assistant's own filter."""
    streams.add(stream())
    status, _, body = await answer(stranger, method, f"{AUDIO_PATH}/{token}.mp3")
    assert status in (400, 404)
    assert mp3(240)[:100] not in body
    assert "Traceback" not in caplog.text


async def test_a_token_is_good_for_its_own_stream_only(
    streams: AudioStreams, stranger: TestClient
) -> None:
    """One that is taken back leaves the other alone."""
    one, other = stream(), stream()
    other.append(b"")
    first, second = streams.add(one), streams.add(other)
    assert streams.find(first) is one
    assert streams.find(second) is other
    streams.remove(first)
    assert (await answer(stranger, "GET", stream_path(first)))[0] == 404
    assert (await answer(stranger, "GET", stream_path(second)))[0] == 200


async def test_a_token_expires_though_nobody_takes_it_back() -> None:
    """Ten minutes after it was made, to the second."""
    clock = Clock()
    streams = AudioStreams(clock)
    token = streams.add(stream())
    clock.now += LONGEST_LIFE_S - 1
    assert streams.find(token) is not None
    assert len(streams) == 1
    clock.now += 1
    assert streams.find(token) is None
    assert len(streams) == 0


async def test_an_expired_token_answers_as_one_that_never_was(
    hass: HomeAssistant, streams: AudioStreams, stranger: TestClient
) -> None:
    """Over the wire as well."""
    clock = Clock()
    streams._clock = clock
    token = streams.add(stream())
    clock.now += LONGEST_LIFE_S
    expired = await answer(stranger, "GET", stream_path(token))
    assert expired == await answer(stranger, "GET", stream_path("y" * 22))


async def test_expired_streams_use_no_memory() -> None:
    """The next one that is added sweeps them out."""
    clock = Clock()
    streams = AudioStreams(clock)
    for _ in range(50):
        streams.add(stream())
    clock.now += LONGEST_LIFE_S
    streams.add(stream())
    assert len(streams._leases) == 1


async def test_tokens_come_from_the_systems_secrets() -> None:
    """128 bits of it, in characters that need no escaping in an address."""
    with patch.object(secrets, "token_urlsafe", wraps=secrets.token_urlsafe) as made:
        streams = AudioStreams()
        tokens = [streams.add(stream()) for _ in range(20)]
    assert {call.args for call in made.call_args_list} == {(16,)}
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in tokens)


async def test_a_token_is_looked_up_by_its_hash_alone() -> None:
    """No comparison ever sees a token, so none can take longer where more of it fits."""
    streams = AudioStreams()
    token = streams.add(stream())
    kept = repr(vars(streams))
    assert token not in kept
    for key in streams._leases:
        assert len(key) == 32
        assert token.encode() not in key
    # A token that differs in its last character differs in all of its hash.
    near = stream_view._digest(token[:-1] + ("A" if token[-1] != "A" else "B"))
    [key] = streams._leases
    assert sum(a == b for a, b in zip(key, near, strict=True)) < 16


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
        on_the_porch() as satellite,
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
        on_error=lambda error: failures.append(str(error) + str(error.placeholders)),
    )
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
