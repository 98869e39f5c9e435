"""Tests of the addresses that players fetch, as somebody in the network tries them."""

import re
import secrets
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.links import stream_view
from custom_components.realtime_pumpkin.links.stream_view import (
    AUDIO_PATH,
    LONGEST_LIFE_S,
    AudioStreams,
    stream_path,
)
from tests.links.test_stream import mp3
from tests.security.streams import stream

pytestmark = pytest.mark.usefixtures("socket_enabled")

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
