"""Tests of the address where players fetch, over Home Assistant's own server."""

import asyncio
import gc
from typing import override

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.realtime_pumpkin.links.stream import AudioStream
from custom_components.realtime_pumpkin.links.stream_view import (
    AUDIO_PATH,
    AudioStreams,
    _serve,
    async_get_streams,
    stream_path,
)
from tests.garbage import uncollected
from tests.links.test_stream import mp3
from tests.links.virtual_time import now, run, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


def stream(ms: int = 240, *, is_complete: bool = True) -> AudioStream:
    """Return a stream with something in it."""
    result = AudioStream(clock=asyncio.get_running_loop().time, latency_ms=0)
    result.append(mp3(ms))
    if is_complete:
        result.complete()
    return result


def assert_is_stream(response: ClientResponse) -> None:
    """Check what every player relies on."""
    assert response.status == 200
    assert response.headers["Content-Type"] == "audio/mpeg"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Accept-Ranges"] == "none"
    assert response.headers["X-Accel-Buffering"] == "no"


async def test_a_player_gets_the_stream_without_logging_in(
    streams: AudioStreams, stranger: TestClient
) -> None:
    """The token is the key."""
    response = await stranger.get(stream_path(streams.add(stream())))
    assert_is_stream(response)
    assert await response.read() == mp3(240)


async def test_head_tells_the_same_as_get_without_the_sound(
    streams: AudioStreams, stranger: TestClient
) -> None:
    """DLNA asks before it plays."""
    path = stream_path(streams.add(stream()))
    response = await stranger.head(path)
    assert_is_stream(response)
    # A player that read a length of 0 would not come.
    assert "Content-Length" not in response.headers
    assert await response.read() == b""
    response = await stranger.get(path)
    assert await response.read() == mp3(240)


async def test_a_second_get_of_the_stream_starts_at_the_beginning(
    streams: AudioStreams, stranger: TestClient
) -> None:
    """One after the other and both at once, while the stream grows."""
    source = stream(is_complete=False)
    path = stream_path(streams.add(source))
    first = await stranger.get(path)
    assert await first.content.readexactly(192) == mp3(240)[:192]
    second = await stranger.get(path)
    source.append(mp3(240))
    source.complete()
    assert mp3(240)[:192] + await first.read() == mp3(240) * 2
    assert await second.read() == mp3(240) * 2
    third = await stranger.get(path, headers={"Range": "bytes=100-"})
    assert third.status == 200
    assert await third.read() == mp3(240) * 2


async def test_the_sound_comes_while_it_is_made(
    streams: AudioStreams, stranger: TestClient
) -> None:
    """The first frames do not wait for the last."""
    source = stream(is_complete=False)
    response = await stranger.get(stream_path(streams.add(source)))
    assert await response.content.readexactly(len(mp3(240))) == mp3(240)
    source.append(mp3(48))
    assert await response.content.readexactly(len(mp3(48))) == mp3(48)
    source.complete()
    assert await response.content.read() == b""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_unknown_and_forgotten_tokens_give_the_same_answer(
    streams: AudioStreams, stranger: TestClient, method: str
) -> None:
    """Nobody learns whether a token ever lived."""
    token = streams.add(stream())
    streams.remove(token)
    answers = set()
    for path in (
        stream_path(token),
        stream_path("x" * 22),
        stream_path("%00%ff"),
        stream_path("a" * 500),
    ):
        response = await stranger.request(method, path)
        answers.add((response.status, await response.read()))
    assert len(answers) == 1
    assert answers.pop()[0] == 404


@pytest.mark.parametrize("page", ["cover.png", f"{'x' * 22}.mp3"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_page_that_is_not_there_leaves_nothing_in_memory(
    stranger: TestClient, method: str, page: str
) -> None:
    """MPD looks for four covers beside each stream."""
    # A connection that stays open holds its last request until the next one.
    gone = {"Connection": "close"}
    with uncollected():
        response = await stranger.request(method, f"{AUDIO_PATH}/{page}", headers=gone)
        assert response.status == 404
        response.close()
        await until(lambda: not _requests())


def _requests() -> list[web.BaseRequest]:
    """Return the requests that are in memory."""
    return [each for each in gc.get_objects() if isinstance(each, web.BaseRequest)]


async def test_tokens_have_128_bits_and_never_repeat(streams: AudioStreams) -> None:
    """22 characters of base 64."""
    tokens = {streams.add(stream()) for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {22}
    for token in tokens:
        streams.remove(token)


async def test_an_aborted_stream_ends_its_answer(
    streams: AudioStreams, stranger: TestClient
) -> None:
    """The player gets nothing more."""
    source = stream(10_000)
    response = await stranger.get(stream_path(streams.add(source)))
    await response.content.readexactly(192)
    source.abort()
    rest = await asyncio.wait_for(response.content.read(), 5)
    assert len(rest) < len(mp3(2100))


async def test_a_player_that_hangs_up_is_noticed(
    streams: AudioStreams, stranger: TestClient
) -> None:
    """It is evidence that somebody stopped it."""
    hung_up = asyncio.Event()
    source = stream(is_complete=False)
    source.on_change = lambda: source.hung_up_at and hung_up.set()
    response = await stranger.get(stream_path(streams.add(source)))
    await response.content.readexactly(192)
    assert source.player is not None
    response.close()
    await asyncio.wait_for(hung_up.wait(), 5)
    assert source.player is None


def test_a_player_that_takes_nothing_is_given_up() -> None:
    """It has hung up without a word, or its program stands still."""

    class Deaf(web.StreamResponse):
        """A response that nobody reads."""

        @override
        async def write(self, data: bytes | bytearray | memoryview) -> None:
            """Wait until somebody does."""
            await asyncio.Event().wait()

    async def scenario() -> float:
        began = now()
        with pytest.raises(TimeoutError):
            await _serve(stream().fetch(lambda: None), Deaf())
        return now() - began

    assert run(scenario()) == pytest.approx(5, abs=0.1)


async def test_the_view_is_registered_once(hass: HomeAssistant) -> None:
    """Every voice shares it."""
    assert await async_setup_component(hass, "http", {})
    assert async_get_streams(hass) is async_get_streams(hass)
