"""A session that waits for the ring."""

import asyncio
from collections.abc import AsyncIterator

from openai import AsyncOpenAI
import pytest

from custom_components.realtime_pumpkin.realtime.config import SessionConfig
from custom_components.realtime_pumpkin.realtime.connection import (
    RealtimeConnection,
    open_connection,
)
from custom_components.realtime_pumpkin.realtime.errors import (
    ConnectionLost,
    ErrorKind,
    RealtimeError,
)
from custom_components.realtime_pumpkin.realtime.preparation import Preparation
from tests.scripted_server import LocalServer

from .world import CONFIG

MODEL = "gpt-realtime-2.1-mini"
TEXT = {
    "type": "message",
    "role": "system",
    "content": [{"type": "input_text", "text": "It is dark."}],
}

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def opened() -> list[RealtimeConnection]:
    """Return the sockets that were opened."""
    return []


@pytest.fixture
async def preparation(opened: list[RealtimeConnection]) -> AsyncIterator[Preparation]:
    """Yield a preparation at a server, and close it."""
    async with LocalServer([]).listening() as server:
        client = AsyncOpenAI(api_key="k", base_url=server.url)

        async def connect() -> RealtimeConnection:
            """Open a socket."""
            opened.append(await open_connection(client, MODEL, ssl_context=None))
            return opened[-1]

        preparation = Preparation(connect)
        yield preparation
        await preparation.close()
        for connection in opened:
            await connection.close()
        await client.close()


async def test_a_prepared_socket_is_configured_and_taken_once(
    preparation: Preparation, opened: list[RealtimeConnection]
) -> None:
    """The next conversation has it, the one after that opens its own."""
    await preparation.prepare(CONFIG, 60)
    assert preparation.is_ready
    taken = await preparation.take()
    assert taken is opened[0]
    kinds = [word["type"] for word in taken.first_words]
    assert kinds == ["session.created", "session.updated"]
    assert not preparation.is_ready
    assert await preparation.take() is opened[1]


async def test_a_prepared_socket_that_nobody_uses_is_closed(
    preparation: Preparation, opened: list[RealtimeConnection]
) -> None:
    """Its time runs out."""
    await preparation.prepare(CONFIG, 0)
    await _until_given_up(preparation)
    with pytest.raises(ConnectionLost):
        async with asyncio.timeout(5):
            await opened[0].recv()


async def test_a_prepared_socket_that_was_closed_is_replaced_at_the_ring(
    preparation: Preparation, opened: list[RealtimeConnection]
) -> None:
    """Whatever it was closed for, the conversation begins with a new one."""
    await preparation.prepare(CONFIG, 60)
    opened[0]._socket.transport.abort()  # type: ignore[attr-defined]
    await _until_given_up(preparation)
    assert await preparation.take() is opened[1]


async def _until_given_up(preparation: Preparation) -> None:
    """Wait until nothing is kept any more."""
    async with asyncio.timeout(5):
        while preparation.is_ready:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


async def test_preparing_again_replaces_what_is_kept(
    preparation: Preparation, opened: list[RealtimeConnection]
) -> None:
    """There is never more than one."""
    await preparation.prepare(CONFIG, 60)
    await preparation.prepare(CONFIG, 60)
    assert await preparation.take() is opened[1]
    with pytest.raises(ConnectionLost):
        await opened[0].recv()


async def test_a_configuration_that_is_refused_is_told_and_not_kept(
    preparation: Preparation,
) -> None:
    """It would be refused at the ring as well."""
    wrong = SessionConfig("x", "echo", "t", noise_reduction="no_such_thing")
    with pytest.raises(RealtimeError) as caught:
        await preparation.prepare(wrong, 60)
    assert caught.value.kind is ErrorKind.PROTOCOL
    assert not preparation.is_ready


async def test_a_taken_socket_can_be_read_at_once(
    preparation: Preparation, opened: list[RealtimeConnection]
) -> None:
    """Who kept it has stopped reading: two may not."""
    await preparation.prepare(CONFIG, 60)
    await asyncio.sleep(0)  # It is being watched.
    taken = await preparation.take()
    await taken.send({"type": "conversation.item.create", "item": TEXT})
    assert (await taken.recv())["type"] == "conversation.item.added"
