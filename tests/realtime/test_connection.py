"""Tests of the socket to a Realtime server, against real ones on loopback."""

import asyncio
from asyncio.sslproto import SSLProtocol
import gc
import logging
from pathlib import Path
import ssl
import time

from openai import AsyncOpenAI
import orjson
import pytest
from websockets.asyncio.server import ServerConnection
from websockets.client import ClientProtocol
from websockets.utils import accept_key

from custom_components.realtime_pumpkin.realtime import connection as module
from custom_components.realtime_pumpkin.realtime.connection import (
    LARGEST_FRAME,
    open_connection,
)
from custom_components.realtime_pumpkin.realtime.errors import (
    ConnectionLost,
    ErrorKind,
    RealtimeError,
)
from custom_components.realtime_pumpkin.realtime.websocket import WebSocket
from tests.garbage import uncollected
from tests.realtime.lines import connect, connected
from tests.realtime_server import (
    KEY,
    MODEL,
    SESSION_CREATED,
    Handler,
    fails,
    greet,
    realtime_server,
    say,
)
from tests.tls import server_context

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_the_first_word_of_a_server_is_its_session() -> None:
    """A session is created before anything else."""
    async with connected(greet) as connection:
        assert await connection.expect_session() == SESSION_CREATED


async def test_a_server_may_greet_with_its_conversation_instead() -> None:
    """That of xAI does; the session is what is waited for all the same."""

    async def handler(connection: ServerConnection) -> None:
        """Greet as xAI does."""
        created = {"type": "conversation.created", "conversation": {"id": "conv_1"}}
        await say(connection, created)
        await connection.wait_closed()

    async with connected(handler) as connection:
        session = {"type": "session.created", "session": {}}
        assert await connection.expect_session() == session
        assert await connection.expect_session() == session


async def test_events_are_sent_as_text_frames_of_json() -> None:
    """Both a dict and ready-made JSON arrive as text."""
    frames: list[str | bytes] = []

    async def handler(connection: ServerConnection) -> None:
        """Keep two frames, then thank for them."""
        frames.extend([await connection.recv(), await connection.recv()])
        await say(connection, {"type": "thanks"})

    async with connected(handler) as connection:
        await connection.send({"type": "response.create"})
        await connection.send(b'{"type":"input_audio_buffer.clear"}')
        assert await connection.recv() == {"type": "thanks"}
    assert frames == [
        '{"type":"response.create"}',
        '{"type":"input_audio_buffer.clear"}',
    ]


async def test_what_needs_no_waiting_is_sent_before_anybody_waits() -> None:
    """It arrives as text, ahead of what is sent after it."""
    frames: list[str | bytes] = []

    async def handler(connection: ServerConnection) -> None:
        """Keep two frames, then thank for them."""
        frames.extend([await connection.recv(), await connection.recv()])
        await say(connection, {"type": "thanks"})

    async with connected(handler) as connection:
        assert connection.send_now(b'{"type":"input_audio_buffer.clear"}')
        await connection.send({"type": "response.create"})
        assert await connection.recv() == {"type": "thanks"}
    assert frames == [
        '{"type":"input_audio_buffer.clear"}',
        '{"type":"response.create"}',
    ]


async def test_a_network_that_takes_no_more_is_given_no_more() -> None:
    """What was refused was not sent; what was taken arrives whole and in order."""
    numbers: list[int] = []
    is_full = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        """Read nothing before the network is full."""
        await is_full.wait()
        numbers.extend([orjson.loads(frame)["number"] async for frame in connection])

    def event(number: int) -> bytes:
        """Return an event of 64 KiB."""
        return orjson.dumps({"number": number, "audio": "A" * 65536})

    async with connected(handler) as connection:
        taken = 0
        while connection.send_now(event(taken)):
            taken += 1
        is_full.set()
        await connection.send(event(taken))
    assert numbers == list(range(taken + 1))


async def test_a_closed_socket_takes_nothing_at_once() -> None:
    """It does not raise: who receives is told."""
    async with connected(greet) as connection:
        await connection.close()
        assert not connection.send_now(b"{}")


async def test_frames_that_hold_no_json_object_are_skipped() -> None:
    """Broken JSON, lists, numbers and binary rubbish do not end a conversation."""

    async def handler(connection: ServerConnection) -> None:
        """Talk rubbish before something sensible."""
        for frame in ('{"type":', "[1]", "7", "null", b"\x00\xff", '"session"'):
            await connection.send(frame)
        await say(connection, {"type": "sensible"})
        await connection.wait_closed()

    async with connected(handler) as connection:
        assert await connection.recv() == {"type": "sensible"}


async def test_an_event_of_no_sensible_size_is_not_kept() -> None:
    """Whoever sends it is hung up on before it fills the memory."""

    async def handler(connection: ServerConnection) -> None:
        """Send the largest event that may come, and one that may not."""
        for size in (LARGEST_FRAME, LARGEST_FRAME + 1):
            empty = '{"type":"x","delta":""}'
            await connection.send(f'{empty[:-2]}{"A" * (size - len(empty))}"}}')
        await connection.wait_closed()

    async with connected(handler) as connection:
        assert (await connection.recv())["type"] == "x"
        with pytest.raises(RealtimeError) as caught:
            await connection.recv()
    assert caught.value.kind is ErrorKind.LOST


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (1000, "", ErrorKind.LOST),
        (1001, "", ErrorKind.LOST),
        (1011, "oops", ErrorKind.SERVER),
        (3000, "invalid_request_error.invalid_api_key", ErrorKind.AUTH),
        (4000, "invalid_request_error.invalid_model", ErrorKind.MODEL),
        (1001, "invalid_request_error.session_expired", ErrorKind.EXPIRED),
    ],
)
async def test_every_close_is_a_lost_connection(
    code: int, reason: str, kind: ErrorKind
) -> None:
    """A polite end, too, is told: the SDK would end its loop in silence."""

    async def handler(connection: ServerConnection) -> None:
        """Close at once."""
        await connection.close(code, reason)

    async with connected(handler) as connection:
        with pytest.raises(ConnectionLost) as caught:
            await connection.recv()
        assert (caught.value.close_code, caught.value.kind) == (code, kind)
        with pytest.raises(ConnectionLost):
            await connection.send({"type": "response.create"})


async def test_a_socket_that_ends_without_a_word_is_lost() -> None:
    """A dropped TCP connection has no close frame."""

    async def handler(connection: ServerConnection) -> None:
        """Drop the line."""
        connection.transport.abort()

    async with connected(handler) as connection:
        with pytest.raises(ConnectionLost) as caught:
            await connection.recv()
    assert caught.value.close_code == 1006
    assert caught.value.kind is ErrorKind.LOST


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (fails("invalid_request_error", "invalid_api_key", 3000), ErrorKind.AUTH),
        (fails("invalid_request_error", "invalid_model", 4000), ErrorKind.MODEL),
        (fails("invalid_request_error", "model_not_found", 4004), ErrorKind.MODEL),
        (fails("insufficient_quota", "insufficient_quota", 4000), ErrorKind.QUOTA),
    ],
)
async def test_a_refusal_after_the_upgrade_is_understood(
    handler: Handler, kind: ErrorKind
) -> None:
    """OpenAI refuses keys and models by an event, not by an HTTP status."""
    async with connected(handler) as connection:
        with pytest.raises(RealtimeError) as caught:
            await connection.expect_session()
    assert caught.value.kind is kind


async def test_a_secure_connection_uses_the_context_that_is_given(
    tmp_path: Path,
) -> None:
    """A context that trusts the certificate opens the session."""
    async with realtime_server(tls=server_context(tmp_path)) as url:
        client = AsyncOpenAI(api_key=KEY, base_url=url)
        context = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
        context.check_hostname = False
        connection = await open_connection(client, MODEL, ssl_context=context)
        assert await connection.expect_session() == SESSION_CREATED
        await connection.close()


async def leave(connection: ServerConnection) -> None:
    """Open a session, and close it."""
    await say(connection, SESSION_CREATED)
    await connection.close()


@pytest.mark.parametrize("handler", [greet, leave], ids=["we close", "it closes"])
async def test_a_secure_connection_that_is_over_holds_no_tls(
    tmp_path: Path, handler: Handler
) -> None:
    """Without help from the garbage collector, whoever closes it."""
    with uncollected():
        async with realtime_server(handler, tls=server_context(tmp_path)) as url:
            client = AsyncOpenAI(api_key=KEY, base_url=url)
            context = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
            context.check_hostname = False
            connection = await open_connection(client, MODEL, ssl_context=context)
            await connection.expect_session()
            if handler is leave:
                with pytest.raises(ConnectionLost):
                    await connection.recv()
            await connection.close()
            assert _of_clients(SSLProtocol) == 0


@pytest.mark.parametrize("handler", [greet, leave], ids=["we close", "it closes"])
async def test_a_connection_that_is_closed_is_gone_at_once(handler: Handler) -> None:
    """Neither websockets nor the SDK holds it until garbage is collected."""
    with uncollected():
        async with connected(handler) as connection:
            await connection.expect_session()
            if handler is leave:
                with pytest.raises(ConnectionLost):
                    await connection.recv()
        del connection
        kinds = (WebSocket, ClientProtocol)
        assert not [each for each in gc.get_objects() if type(each) in kinds]


def _of_clients(kind: type[SSLProtocol]) -> int:
    """Count the TLS connections that were opened from here."""
    found = (each for each in gc.get_objects() if isinstance(each, kind))
    return sum(not each._server_side for each in found)


async def test_closing_does_not_wait_for_a_server_that_is_stuck() -> None:
    """A server that never answers the close frame costs 2 s at most."""

    async def handler(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Upgrade, then neither read nor write any more."""
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(_upgrade(request))
        await stuck.wait()
        writer.close()

    stuck = asyncio.Event()
    async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        connection = await connect(f"http://127.0.0.1:{port}/v1")
        started = time.monotonic()
        await connection.close()
        assert time.monotonic() - started < 2
        stuck.set()


async def test_the_key_never_reaches_a_debug_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With every logger at debug, neither the key nor a frame is written."""
    caplog.set_level(logging.DEBUG)
    for name in (module.__name__, "websockets", "websockets.client", "openai"):
        caplog.set_level(logging.DEBUG, logger=name)
    async with connected(greet) as connection:
        await connection.expect_session()
        await connection.send({"type": "spoken", "secret": "boo"})
    lines = [r.getMessage() for r in caplog.records if r.name != "websockets.server"]
    assert not [line for line in lines if KEY in line or "boo" in line]


def _upgrade(request: bytes) -> bytes:
    """Return the HTTP answer that accepts a websocket."""
    fields = dict(line.split(b": ", 1) for line in request.split(b"\r\n")[1:-2])
    accept = accept_key(fields[b"Sec-WebSocket-Key"].decode())
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    ).encode()


async def test_a_frame_that_is_too_large_ends_the_session() -> None:
    """Whoever is at the other end cannot fill the house's memory with one."""

    async def flood(connection: ServerConnection) -> None:
        """Say more at once than anybody needs to."""
        await say(connection, SESSION_CREATED)
        await connection.send("x" * (module.LARGEST_FRAME + 1))
        await connection.wait_closed()

    async with connected(flood) as connection:
        await connection.expect_session()
        with pytest.raises(ConnectionLost) as lost:
            await connection.recv()
    assert "exceeds limit" in lost.value.message
