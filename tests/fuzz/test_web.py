"""What is asked of Home Assistant's own web server: a real one, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
import json
import logging
from typing import Any, Final
from unittest.mock import patch

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.test_utils import TestClient
from homeassistant.components.websocket_api.const import ERR_UNKNOWN_ERROR
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import orjson
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.realtime_pumpkin import websocket_api
from custom_components.realtime_pumpkin.links.browser import BrowserPort
from custom_components.realtime_pumpkin.links.stream import AudioStream
from custom_components.realtime_pumpkin.links.stream_view import (
    AUDIO_PATH,
    AudioStreams,
    AudioStreamView,
    async_get_streams,
)
from tests.common import VOICE_ENTITY_ID, account, async_set_up, voice
from tests.links.test_stream import mp3

from .amount import examples
from .dice import Dice
from .odd import mutated

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

BROWSER: Final = {"microphone": {"kind": "browser"}, "speaker": {"kind": "browser"}}
COMMANDS: Final[tuple[dict[str, Any], ...]] = (
    {"type": "realtime_pumpkin/subscribe", "levels": True},
    {
        "type": "realtime_pumpkin/browser",
        "client_id": "tab",
        "echo_cancelled": True,
        "take_over": True,
        "utterance": 1,
        "received_bytes": 100,
    },
    {
        "type": "realtime_pumpkin/start_conversation",
        "opening": "Boo!",
        "instructions": "Be a pirate.",
        "context": "Two ghosts.",
        "in_browser": False,
    },
)
REPORTS: Final[tuple[dict[str, Any], ...]] = (
    {"type": "microphone", "on": True, "rate": 48_000},
    {"type": "speaker", "n": 1, "played": 10.0, "latency": 20.0, "playing": True},
)
ENTITIES: Final = (VOICE_ENTITY_ID, VOICE_ENTITY_ID, VOICE_ENTITY_ID, "light.x", "x", 7)


@pytest.fixture
async def in_a_tab(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> AsyncIterator[None]:
    """Set up a voice that lives in a browser."""
    entry: MockConfigEntry = account(realtime_url, voice(data=BROWSER))
    await async_set_up(hass, entry)
    assert hass.states.get(VOICE_ENTITY_ID)
    yield
    await hass.config_entries.async_unload(entry.entry_id)


def _complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the exceptions that were logged, but for what is no HTTP at all."""
    return [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.records
        if record.levelname == "ERROR" and not _is_expected(record)
    ]


def _is_expected(record: logging.LogRecord) -> bool:
    """Tell whether it is a refusal that Home Assistant writes down, or no HTTP."""
    raised = record.exc_info[1] if record.exc_info else None
    # The tests' own server, when a conversation is given up before it begins.
    is_servers = record.name == "websockets.server"
    return (
        is_servers
        or raised is None
        or isinstance(
            raised, HttpProcessingError | HomeAssistantError | probatio.Invalid
        )
    )


class _Tab:
    """A connection that says anything."""

    def __init__(self, socket: MockHAClientWebSocket) -> None:
        """Take an open connection."""
        self._socket = socket
        self._number = 0
        self._handler = 1

    async def say(self, dice: Dice) -> None:
        """Send a command, hear its answer, and take it back."""
        command = {"entity_id": dice.pick(ENTITIES), **dice.pick(COMMANDS)}
        kind = command["type"]
        if not dice.one_in(3):
            command = mutated(dice, command)
        answer = await self._ask({**command, "type": kind})
        if answer is None:
            return
        if not answer["success"]:
            assert answer["error"]["code"] != ERR_UNKNOWN_ERROR, answer
            assert answer["error"]["message"]
            return
        for _ in range(dice.number(4)):
            await self._socket.send_bytes(_payload(dice, self._handler))
        await self._ask({"type": "unsubscribe_events", "subscription": answer["id"]})

    async def _ask(self, command: dict[str, Any]) -> dict[str, Any] | None:
        """Return the answer to a command; None where JSON cannot hold it."""
        self._number += 1
        try:
            text = orjson.dumps({**command, "id": self._number}).decode()
        except TypeError:
            return None
        await self._socket.send_str(text)
        async with asyncio.timeout(20):
            while True:
                answer: dict[str, Any] = await self._socket.receive_json()
                event = answer.get("event", {})
                if answer["type"] == "event" and event.get("type") == "handler":
                    self._handler = event["id"]
                if answer["type"] == "result" and answer["id"] == self._number:
                    return answer


def _payload(dice: Dice, handler: int) -> bytes:
    """Return a binary message of a tab: sound, a report, or anything."""
    match dice.number(4):
        case 0:
            said = json.dumps(mutated(dice, dice.pick(REPORTS)))
            return bytes([handler, 2]) + said.encode("utf-8", "replace")
        case 1:
            return bytes([handler, 1]) + bytes(
                dice.pick((0, 1, 960, 3, 96_000, 99_999))
            )
        case 2:
            return bytes([handler]) + dice.some(30)
        case _:
            return bytes([dice.byte()]) + dice.some(30)


async def _command_all(
    ws_client: WebSocketGenerator, hass: HomeAssistant, tokens: list[str | None]
) -> None:
    """Say a few hundred things over the connections of these users."""
    tabs = [_Tab(await ws_client(hass, token)) for token in tokens if token]
    for data in examples(60):
        dice = Dice(data)
        await dice.pick(tabs).say(dice)


@pytest.mark.usefixtures("in_a_tab")
async def test_no_command_of_anybody_raises(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_access_token: str,
    hass_read_only_access_token: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is answered, or refused with a code that is not for the unexpected."""
    tokens: list[str | None] = [hass_access_token, hass_read_only_access_token]
    await _command_all(hass_ws_client, hass, tokens)
    assert _complaints(caplog) == []


@pytest.mark.usefixtures("in_a_tab")
@pytest.mark.parametrize(
    "mistake",
    [
        patch.object(BrowserPort, "attach", side_effect=KeyError("x")),
        patch.object(BrowserPort, "receive", side_effect=KeyError("x")),
        patch.object(websocket_api.Spectator, "greet", side_effect=KeyError("x")),
    ],
    ids=["attach", "receive", "greet"],
)
async def test_a_command_that_raises_is_found(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_access_token: str,
    caplog: pytest.LogCaptureFixture,
    mistake: Any,
) -> None:
    """By its answer, or in the log."""
    with mistake, contextlib.suppress(AssertionError):
        await _command_all(hass_ws_client, hass, [hass_access_token])
        assert _complaints(caplog) == []
        pytest.fail("not found")


METHODS: Final = (
    *("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"),
    *("get", "G\x00T", "", "X" * 300),
)
NAMES: Final = (
    *("x" * 22, "", "%00", "%ff", "%2e%2e%2f", "../../secrets", "a/b", "%F0%9F%98%80"),
    *("x" * 9000, "%", "%zz", "é", "x.mp3", "{token}", "a b", "?", "#", "%252e", "\\"),
)
HEADERS: Final = (
    *("Range: bytes=0-10", "Range: bytes=-1", "Range: x", "Range: bytes=9-1,2-"),
    *("Content-Length: 5", "Content-Length: -1", "Content-Length: x"),
    *("Transfer-Encoding: chunked", "Expect: 100-continue", "Expect: x", "Upgrade: x"),
    *("Authorization: Bearer x", "Authorization: Basic !", "Connection: close"),
    *("If-None-Match: *", "If-Modified-Since: x", "Host: "),
    *("Accept: " + "a" * 5000, "Cookie: " + "=;" * 900, "Bad header", "A\x00: b"),
)
REFUSALS: Final = {100, 400, 403, 404, 405, 411, 413, 417, 431, 501}


def _request(dice: Dice, token: str) -> tuple[bytes, bool]:
    """Return a request, and whether it is for the stream that is there."""
    method, name = dice.pick(METHODS), dice.pick((*NAMES, token, token))
    if dice.one_in(4):
        name = "".join(f"%{byte:02x}" for byte in dice.some(30))
    path = f"{AUDIO_PATH}/{name}.mp3?v=1" if not dice.one_in(8) else name
    version = "HTTP/1.0" if dice.one_in(8) else "HTTP/1.1"
    lines = [f"{method} {path} {version}", "Host: 127.0.0.1"]
    lines += [dice.pick(HEADERS) for _ in range(dice.number(3))]
    data = ("\r\n".join(lines) + "\r\n\r\n").encode() + dice.some(12)
    if dice.one_in(10):
        data = data[: dice.number(len(data))]
    return data, f"/{token}.mp3" in path and method in ("GET", "HEAD")


async def _knock(client: TestClient, data: bytes) -> int | None:
    """Send a request, hang up soon; return the status, None where there is none."""
    host, port = client.server.host, client.server.port
    reader, writer = await asyncio.open_connection(host, port)
    with contextlib.suppress(ConnectionError), contextlib.closing(writer):
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(10):
            line = await reader.readline()
            if line:
                return int(line.split()[1])
    return None


async def _knock_often(hass: HomeAssistant, client: TestClient) -> None:
    """Knock a few hundred times; one stream is there, and stays to be fetched."""
    stream = AudioStream(clock=asyncio.get_running_loop().time, latency_ms=0)
    stream.append(mp3(240))
    stream.complete()
    token = async_get_streams(hass).add(stream)
    for data in examples(60):
        request, is_known = _request(Dice(data), token)
        status = await _knock(client, request)
        allowed = {None, *REFUSALS, *([200] if is_known else [])}
        assert status in allowed, (status, request)
    answer = await client.get(f"{AUDIO_PATH}/{token}.mp3")
    assert await answer.read() == mp3(240)


async def test_no_request_gets_anything_but_a_refusal(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever its method, path and headers, and wherever it breaks off."""
    assert await async_setup_component(hass, "http", {})
    async_get_streams(hass)
    await _knock_often(hass, await hass_client_no_auth())
    assert _complaints(caplog) == []


@pytest.mark.parametrize(
    "mistake",
    [
        patch.object(AudioStreams, "find", side_effect=KeyError("x")),
        patch.object(AudioStreamView, "_find", lambda self, token: AudioStream),
    ],
    ids=["raises", "lets in"],
)
async def test_a_view_that_raises_or_lets_in_is_found(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, mistake: Any
) -> None:
    """By a status that nobody should see."""
    assert await async_setup_component(hass, "http", {})
    async_get_streams(hass)
    client = await hass_client_no_auth()
    with mistake, pytest.raises(AssertionError):
        await _knock_often(hass, client)
