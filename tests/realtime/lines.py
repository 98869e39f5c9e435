"""Connections to servers of the tests' own, up to the first refusal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openai import AsyncOpenAI
import pytest

from custom_components.realtime_pumpkin.realtime.connection import (
    RealtimeConnection,
    open_connection,
)
from custom_components.realtime_pumpkin.realtime.errors import RealtimeError
from tests.realtime_server import KEY, MODEL, Handler, realtime_server


@asynccontextmanager
async def line(first_words: bytes) -> AsyncIterator[str]:
    """Serve TCP that says its first words and then only listens."""

    async def handler(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Speak first, as a mail server does."""
        writer.write(first_words)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def connected(handler: Handler) -> AsyncIterator[RealtimeConnection]:
    """Yield an open connection to a server that runs the handler."""
    async with realtime_server(handler) as url:
        connection = await connect(url)
        yield connection
        await connection.close()


async def connect(url: str) -> RealtimeConnection:
    """Open a connection as the integration does."""
    client = AsyncOpenAI(api_key=KEY, base_url=url)
    return await open_connection(client, MODEL, ssl_context=None)


async def refusal(url: str) -> RealtimeError:
    """Return why a connection could not be opened."""
    with pytest.raises(RealtimeError) as caught:
        await connect(url)
    assert KEY not in f"{caught.value!r} {caught.value.message}"
    return caught.value
