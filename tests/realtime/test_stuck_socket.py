"""The websocket of a session, at a peer that takes no part."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openai import AsyncOpenAI
import pytest

from custom_components.realtime_pumpkin.realtime import websocket
from custom_components.realtime_pumpkin.realtime.connection import (
    RealtimeConnection,
    open_connection,
)
from custom_components.realtime_pumpkin.realtime.errors import ConnectionLost
from tests.faults.line import Line, line_to
from tests.links.virtual_time import now, run
from tests.realtime_server import KEY, realtime_server

MUCH = b'{"type":"x","filling":"' + b"x" * 8_000_000 + b'"}'
"""More than any kernel keeps for a peer that reads nothing."""

pytestmark = pytest.mark.usefixtures("socket_enabled")


@asynccontextmanager
async def _stuck() -> AsyncIterator[tuple[RealtimeConnection, Line]]:
    """Have a connection whose peer reads nothing more."""
    async with realtime_server() as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        async with line_to(port) as line:
            client = AsyncOpenAI(
                api_key=KEY, base_url=f"http://127.0.0.1:{line.port}/v1"
            )
            connection = await open_connection(client, "m", ssl_context=None)
            await connection.expect_session()
            line.flow.stop()
            yield connection, line
            await client.close()


def test_a_peer_that_takes_nothing_is_given_up_after_five_seconds() -> None:
    """Pings wait behind what it does not take, so they would not notice."""

    async def scenario() -> None:
        async with _stuck() as (connection, _):
            begin = now()
            await connection.send(MUCH)
            assert now() - begin == pytest.approx(websocket.WRITE_TIMEOUT, abs=0.1)
            with pytest.raises(ConnectionLost):
                await connection.recv()

    run(scenario())


def test_closing_at_such_a_peer_leaves_no_socket() -> None:
    """What waits to be sent is not waited for."""

    async def scenario() -> None:
        async with _stuck() as (connection, _):
            sending = asyncio.ensure_future(connection.send(MUCH))
            await asyncio.sleep(1)
            await connection.close()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            assert connection._socket.transport.is_closing()  # type: ignore[attr-defined]

    run(scenario())
