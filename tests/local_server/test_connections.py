"""Websockets, HTTP and everything that can be wrong with them."""

import asyncio
from base64 import b64encode
from http import HTTPStatus
import logging
from pathlib import Path
import ssl
from typing import Any

import aiohttp
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from custom_components.realtime_pumpkin.rehearsal import (
    Say,
    ScriptedBrain,
    ServerOptions,
)
from demo.realtime_server import connection
from demo.realtime_server.settings import ServerSettings
from tests.tls import server_context

from .conftest import Serve

PATH = "/v1/realtime?model=m"


async def receive(socket: ClientConnection) -> dict[str, Any]:
    """Return the next event."""
    async with asyncio.timeout(10):
        event: dict[str, Any] = orjson.loads(await socket.recv())
    return event


async def closed(socket: ClientConnection) -> tuple[int | None, str]:
    """Return code and reason of a close, whatever comes before it."""
    async with asyncio.timeout(10):
        await socket.wait_closed()
    return socket.close_code, socket.close_reason or ""


@pytest.mark.parametrize("path", [PATH, "/openai/v1/realtime?model=m"])
async def test_a_session_begins_on_both_paths(serve: Serve, path: str) -> None:
    """OpenAI's path and Azure's."""
    async with serve() as port, connect(f"ws://127.0.0.1:{port}{path}") as socket:
        event = await receive(socket)
    assert (event["type"], event["session"]["model"]) == ("session.created", "m")


@pytest.mark.parametrize(
    "credentials",
    [
        {"additional_headers": {"Authorization": "Bearer right"}},
        {"additional_headers": {"api-key": "right"}},
        {
            "subprotocols": [
                Subprotocol("realtime"),
                Subprotocol("openai-insecure-api-key.right"),
            ]
        },
    ],
)
async def test_a_key_is_found_wherever_it_may_stand(
    serve: Serve, credentials: dict[str, Any]
) -> None:
    """Header of OpenAI, header of Azure, subprotocol of browsers."""
    options = ServerOptions(key="right")
    async with (
        serve(None, options) as port,
        connect(f"ws://127.0.0.1:{port}{PATH}", **credentials) as socket,
    ):
        assert (await receive(socket))["type"] == "session.created"
        assert socket.subprotocol == (
            "realtime" if "subprotocols" in credentials else None
        )


async def test_a_wrong_key_is_refused_behind_the_upgrade(serve: Serve) -> None:
    """An error event and a close with 3000, as the real service does."""
    async with (
        serve(None, ServerOptions(key="right")) as port,
        connect(f"ws://127.0.0.1:{port}{PATH}") as socket,
    ):
        assert (await receive(socket))["error"]["code"] == "invalid_api_key"
        assert await closed(socket) == (3000, "invalid_request_error.invalid_api_key")


async def test_a_wrong_key_may_be_refused_before_the_upgrade(serve: Serve) -> None:
    """HTTP 401, as proxies and compatible servers do."""
    async with serve(None, ServerOptions(key="right"), refuse_by_http=True) as port:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{port}{PATH}"):
                pass
    assert refused.value.response.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/v1/realtime", {}, "missing_model"),
        (PATH, {"OpenAI-Beta": "realtime=v1"}, "beta_api_shape_disabled"),
    ],
)
async def test_a_wrong_request_is_refused_with_4000(
    serve: Serve, path: str, headers: dict[str, str], code: str
) -> None:
    """Without model, or in the beta's shape."""
    async with (
        serve() as port,
        connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers) as socket,
    ):
        assert (await receive(socket))["error"]["code"] == code
        assert await closed(socket) == (4000, f"invalid_request_error.{code}")


async def test_an_unknown_path_is_not_found(serve: Serve) -> None:
    """HTTP 404."""
    async with serve() as port:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{port}/v2/realtime?model=m"):
                pass
    assert refused.value.response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "invalid_json"),
        (b"{}", "invalid_event"),
        ('{"type":"nonsense"}', "invalid_value"),
        ('{"type":"input_audio_buffer.append","audio":"%"}', "invalid_value"),
    ],
)
async def test_garbage_is_answered_and_the_session_goes_on(
    serve: Serve, frame: str | bytes, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An error for the garbage, and no traceback anywhere."""
    async with serve() as port, connect(f"ws://127.0.0.1:{port}{PATH}") as socket:
        await receive(socket)
        await socket.send(frame)
        assert (await receive(socket))["error"]["code"] == code
        await socket.send('{"type":"input_audio_buffer.clear"}')
        assert (await receive(socket))["type"] == "input_audio_buffer.cleared"
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_fifteen_mebibytes_are_taken_and_more_closes(serve: Serve) -> None:
    """The documented limit is an error; a frame beyond 16 MiB ends in 1009."""
    async with serve() as port, connect(f"ws://127.0.0.1:{port}{PATH}") as socket:
        await receive(socket)
        silence = b64encode(bytes(15 * 1024 * 1024 * 3 // 4)).decode()
        frames = (
            (silence, "input_audio_buffer.cleared"),
            (silence + "AAAA", "error"),
        )
        for audio, expected in frames:
            append = {"type": "input_audio_buffer.append", "audio": audio}
            await socket.send(orjson.dumps(append).decode())
            await socket.send('{"type":"input_audio_buffer.clear"}')
            assert (await receive(socket))["type"] == expected
        assert (await receive(socket))["type"] == "input_audio_buffer.cleared"
        await socket.send("A" * (16 * 1024 * 1024 + 1))
        assert (await closed(socket))[0] == 1009


async def test_broken_connections_do_not_disturb_the_others(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """Half-closed, aborted and half-open sockets; another session goes on."""
    brain = ScriptedBrain(["Boo!"])
    options = ServerOptions(pace=60)
    async with (
        serve(brain, options) as port,
        connect(f"ws://127.0.0.1:{port}{PATH}") as other,
    ):
        await receive(other)
        _, raw = await asyncio.open_connection("127.0.0.1", port)
        raw.write(b"GET /v1/realtime?model=m HTTP/1.1\r\nHost: x")
        half = await connect(f"ws://127.0.0.1:{port}{PATH}")
        await receive(half)
        half.transport.write_eof()
        aborted = await connect(f"ws://127.0.0.1:{port}{PATH}")
        await receive(aborted)
        aborted.transport.abort()
        await half.wait_closed()
        raw.close()
        await other.send('{"type":"response.create"}')
        while (event := await receive(other))["type"] != "response.done":
            assert event["type"] != "error"
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_a_client_that_does_not_read_is_dropped(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for it is bounded."""
    monkeypatch.setattr(connection, "_MOST_WAITING", 10)
    brain = ScriptedBrain([Say("Long.", duration_ms=60_000)])
    options = ServerOptions(pace=float("inf"))
    async with (
        serve(brain, options) as port,
        connect(f"ws://127.0.0.1:{port}{PATH}") as socket,
    ):
        await socket.send('{"type":"response.create"}')
        assert (await closed(socket))[0] == 1006


async def test_a_client_that_leaves_in_mid_answer_is_forgotten(serve: Serve) -> None:
    """Nothing is left running (the test's own clean-up would tell)."""
    brain = ScriptedBrain([Say("Long.", duration_ms=60_000)])
    async with serve(brain) as port, connect(f"ws://127.0.0.1:{port}{PATH}") as socket:
        await socket.send('{"type":"response.create"}')
        while (await receive(socket))["type"] != "response.output_audio.delta":
            pass


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("close=1011@session.updated", 1011),
        ("cut@session.updated", 1006),
        ("expire=0.1", 1001),
    ],
)
@pytest.mark.parametrize("in_header", [True, False])
async def test_a_connection_can_ask_for_its_faults(
    serve: Serve, fault: str, code: int, in_header: bool
) -> None:
    """In the query or in a header."""
    headers = {"X-Rehearsal-Fault": fault} if in_header else {}
    query = "" if in_header else f"&fault={fault}"
    url = f"ws://127.0.0.1:{'{}'}{PATH}{query}"
    async with (
        serve() as port,
        connect(url.format(port), additional_headers=headers) as socket,
    ):
        await socket.send('{"type":"session.update","session":{"type":"realtime"}}')
        assert (await closed(socket))[0] == code


async def test_an_unknown_fault_closes_the_connection(serve: Serve) -> None:
    """Rather than testing nothing."""
    async with (
        serve() as port,
        connect(f"ws://127.0.0.1:{port}{PATH}&fault=explode") as socket,
    ):
        code, reason = await closed(socket)
        assert code == 4000
        assert "explode" in reason


async def test_a_stalled_server_says_nothing_more(serve: Serve) -> None:
    """The connection stays open, but nobody is there."""
    async with (
        serve() as port,
        connect(f"ws://127.0.0.1:{port}{PATH}&fault=stall@session.updated") as socket,
    ):
        update = '{"type":"session.update","session":{"type":"realtime"}}'
        await socket.send(update)
        while (await receive(socket))["type"] != "session.updated":
            pass
        await socket.send(update)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await socket.recv()
        socket.transport.abort()


async def test_a_seed_makes_ids_repeatable(serve: Serve) -> None:
    """The n-th connection of every run has the same ids."""
    ids = []
    for _ in range(2):
        async with (
            serve(seed="7") as port,
            connect(f"ws://127.0.0.1:{port}{PATH}") as socket,
        ):
            ids.append((await receive(socket))["session"]["id"])
    assert ids[0] == ids[1]


async def test_compression_is_there_for_those_who_want_it(serve: Serve) -> None:
    """permessage-deflate is negotiable, not forced."""
    for compression, expected in (("deflate", 1), (None, 0)):
        async with (
            serve() as port,
            connect(f"ws://127.0.0.1:{port}{PATH}", compression=compression) as socket,
        ):
            await receive(socket)
            assert len(socket.protocol.extensions) == expected


async def test_the_server_pings(serve: Serve) -> None:
    """Every 20 seconds, here sooner."""
    async with (
        serve(ping_s=0.05) as port,
        aiohttp.ClientSession() as http,
        http.ws_connect(f"http://127.0.0.1:{port}{PATH}", autoping=False) as socket,
    ):
        assert (await socket.receive(10)).type is aiohttp.WSMsgType.TEXT
        assert (await socket.receive(10)).type is aiohttp.WSMsgType.PING
    assert ServerSettings(options=ServerOptions()).ping_s == 20


async def test_tls_on_demand(serve: Serve, tmp_path: Path) -> None:
    """With a certificate the server speaks wss."""
    server_context(tmp_path)
    certificate = tmp_path / "server.pem"
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    async with (
        serve(certificate=certificate) as port,
        connect(f"wss://127.0.0.1:{port}{PATH}", ssl=context) as socket,
    ):
        assert (await receive(socket))["type"] == "session.created"


async def test_twenty_sessions_answer_side_by_side(serve: Serve) -> None:
    """Each its own answer."""
    brain = ScriptedBrain(["Boo!"] * 20)

    async def talk(port: int) -> str:
        async with connect(f"ws://127.0.0.1:{port}{PATH}") as socket:
            await socket.send('{"type":"response.create"}')
            while (event := await receive(socket))["type"] != "response.done":
                pass
            status: str = event["response"]["status"]
            return status

    async with serve(brain, ServerOptions(pace=60)) as port:
        assert (
            await asyncio.gather(*(talk(port) for _ in range(20))) == ["completed"] * 20
        )
