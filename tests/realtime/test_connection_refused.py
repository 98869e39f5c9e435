"""Tests of servers that cannot be reached or refuse, each told apart."""

import asyncio
from http import HTTPStatus
from pathlib import Path
import socket
import ssl

from openai import AsyncOpenAI
import orjson
import pytest
from websockets.asyncio.server import ServerConnection

from custom_components.realtime_pumpkin.realtime import connection as module
from custom_components.realtime_pumpkin.realtime.connection import open_connection
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from tests.realtime.lines import connected, line, refusal
from tests.realtime_server import KEY, MODEL, realtime_server, say
from tests.tls import server_context

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_a_server_without_a_first_word_is_no_realtime_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A websocket that says something else, or nothing, is the wrong one."""

    async def handler(connection: ServerConnection) -> None:
        """Say something else."""
        await say(connection, {"type": "hello"})
        await connection.wait_closed()

    monkeypatch.setattr(module, "OPEN_TIMEOUT", 0.05)
    async with connected(handler) as connection:
        with pytest.raises(RealtimeError) as caught:
            await connection.expect_session()
    assert caught.value.kind is ErrorKind.WRONG_URL


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, "", ErrorKind.AUTH),
        (403, "", ErrorKind.AUTH),
        (404, "<html>", ErrorKind.WRONG_URL),
        (404, '{"error": {"code": "model_not_found"}}', ErrorKind.MODEL),
        (429, "", ErrorKind.RATE_LIMIT),
        (429, '{"error": {"code": "insufficient_quota"}}', ErrorKind.QUOTA),
        (200, "hello", ErrorKind.WRONG_URL),
        (502, "", ErrorKind.SERVER),
        (400, '{"error": "no object"}', ErrorKind.WRONG_URL),
    ],
)
async def test_an_http_answer_instead_of_a_socket_is_understood(
    status: int, body: str, kind: ErrorKind
) -> None:
    """Proxies and compatible servers refuse before the upgrade."""
    async with realtime_server(status=HTTPStatus(status), body=body) as url:
        assert (await refusal(url)).kind is kind


async def test_a_key_that_a_server_repeats_is_cut_out_of_its_message() -> None:
    """Some servers quote the key that they refuse, or are asked with."""
    body = orjson.dumps({"error": {"message": f"No place for {KEY}."}}).decode()
    async with realtime_server(status=HTTPStatus.NOT_FOUND, body=body) as url:
        assert (await refusal(url)).message == "No place for **REDACTED**."


async def test_a_port_where_nothing_listens_is_unreachable() -> None:
    """A refused connection is the network's fault, not the key's."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        assert (await refusal(url)).kind is ErrorKind.UNREACHABLE


async def test_a_secure_address_of_an_insecure_server_is_a_tls_error() -> None:
    """A server that hangs up on a TLS greeting has answered, but without TLS."""

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Drop the line as soon as it stands."""
        writer.transport.abort()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await refusal(f"https://127.0.0.1:{port}/v1")
    assert error.kind is ErrorKind.TLS


async def test_a_server_that_never_answers_is_unreachable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A handshake has its limit."""
    monkeypatch.setattr(module, "OPEN_TIMEOUT", 0.05)
    async with line(b"") as address:
        error = await refusal(f"http://{address}/v1")
    assert error.kind is ErrorKind.UNREACHABLE


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [("http", ErrorKind.WRONG_URL), ("https", ErrorKind.TLS)],
)
async def test_something_that_speaks_no_http_is_told_apart(
    scheme: str, kind: ErrorKind
) -> None:
    """A mail server at the port is no Realtime server, and has no TLS either."""
    async with line(b"220 mail ready\r\n") as address:
        assert (await refusal(f"{scheme}://{address}/v1")).kind is kind


async def test_a_certificate_that_nobody_signed_is_a_tls_error(
    tmp_path: Path,
) -> None:
    """The context that is given checks the server."""
    async with realtime_server(tls=server_context(tmp_path)) as url:
        client = AsyncOpenAI(api_key=KEY, base_url=url)
        with pytest.raises(RealtimeError) as caught:
            await open_connection(
                client, MODEL, ssl_context=ssl.create_default_context()
            )
    assert caught.value.kind is ErrorKind.TLS
