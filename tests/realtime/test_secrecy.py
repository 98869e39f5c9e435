"""Tests of a key that a server quotes or passes on: no other place ever learns it.

The key looks like none: a server of one's own gives any.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
import logging

from openai import AsyncOpenAI
import pytest
from websockets.asyncio.server import ServerConnection, serve

from custom_components.realtime_pumpkin.realtime.connection import (
    RealtimeConnection,
    open_connection,
)
from custom_components.realtime_pumpkin.realtime.errors import (
    ConnectionLost,
    ErrorKind,
    RealtimeError,
)
from tests.realtime_server import MODEL, error_event, fails, greet, realtime_server, say

CANARY = "tweety0bird0in0a0coal0mine"

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def connect(url: str) -> RealtimeConnection:
    """Open a connection with a key that looks like none."""
    client = AsyncOpenAI(api_key=CANARY, base_url=url)
    return await open_connection(client, MODEL, ssl_context=None)


async def refusal(url: str) -> RealtimeError:
    """Return why a connection could not be opened."""
    with pytest.raises(RealtimeError) as caught:
        await connect(url)
    return caught.value


def tells(error: BaseException) -> str:
    """Return all that an exception and its causes say of themselves."""
    causes = [error.__cause__, error.__context__]
    said = [repr(error), str(error), str(getattr(error, "placeholders", ""))]
    return " ".join(said + [repr(cause) + str(cause) for cause in causes])


async def test_an_event_that_quotes_the_key_does_not_tell_it() -> None:
    """Not even where the error is about something else."""

    async def handler(connection: ServerConnection) -> None:
        """Complain about the rate of a key."""
        message = f"Too many requests for {CANARY}"
        await say(connection, error_event("rate_limit_error", CANARY, message))
        await connection.wait_closed()

    async with realtime_server(handler) as url:
        connection = await connect(url)
        event = await connection.recv()
        await connection.close()
    assert CANARY not in str(event)
    assert event["error"]["message"] == "Too many requests for **REDACTED**"


async def test_a_key_of_a_letter_garbles_nothing() -> None:
    """Servers of one's own take any key; it is in every word, and in the sound."""
    complaint = error_event("server_error", None, "kick the k")
    sound = {"type": "response.output_audio.delta", "delta": "kkkk"}

    async def handler(connection: ServerConnection) -> None:
        """Say things with that letter."""
        await say(connection, complaint, sound)
        await connection.wait_closed()

    async with realtime_server(handler) as url:
        client = AsyncOpenAI(api_key="k", base_url=url)
        connection = await open_connection(client, MODEL, ssl_context=None)
        said = [await connection.recv(), await connection.recv()]
        await connection.close()
    assert said == [complaint, sound]


async def test_sound_that_happens_to_spell_the_key_stays_as_it_is() -> None:
    """Nothing but complaints is searched."""
    sound = {"type": "response.output_audio.delta", "delta": CANARY}

    async def handler(connection: ServerConnection) -> None:
        """Play the key."""
        await say(connection, sound)
        await connection.wait_closed()

    async with realtime_server(handler) as url:
        connection = await connect(url)
        assert await connection.recv() == sound
        await connection.close()


async def test_a_goodbye_that_quotes_the_key_does_not_tell_it() -> None:
    """A close frame has a reason."""

    async def handler(connection: ServerConnection) -> None:
        """Hang up with the key in the reason."""
        await connection.close(1011, f"session of {CANARY} broke")

    async with realtime_server(handler) as url:
        connection = await connect(url)
        with pytest.raises(ConnectionLost) as caught:
            await connection.recv()
    assert CANARY not in str(caught.value)
    assert "**REDACTED**" in caught.value.message


@pytest.mark.parametrize("status", [HTTPStatus.UNAUTHORIZED, HTTPStatus.BAD_GATEWAY])
async def test_a_refusal_that_quotes_the_key_does_not_tell_it(
    status: HTTPStatus,
) -> None:
    """The body of an HTTP answer has words."""
    body = f'{{"error": {{"message": "No {CANARY} here"}}}}'
    async with realtime_server(status=status, body=body) as url:
        assert CANARY not in tells(await refusal(url))


@asynccontextmanager
async def eavesdropper(seen: list[str]) -> AsyncIterator[str]:
    """Serve another address, and write down what comes along."""

    async def handler(connection: ServerConnection) -> None:
        """Note the headers of whoever came."""
        assert connection.request is not None
        seen.append(str(connection.request.headers))

    async with serve(handler, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}/v1/realtime?model={MODEL}"


@pytest.mark.parametrize(
    "status",
    [
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    ],
)
async def test_a_redirect_carries_the_key_nowhere(status: HTTPStatus) -> None:
    """Nobody knocks at the other address, and the error names it."""
    seen: list[str] = []
    async with (
        eavesdropper(seen) as elsewhere,
        realtime_server(status=status, location=elsewhere) as url,
    ):
        error = await refusal(url)
    assert seen == []
    assert error.kind is ErrorKind.WRONG_URL
    assert elsewhere in error.message


async def test_a_redirect_to_nowhere_is_an_error_like_any_other() -> None:
    """A `Location` may be missing."""
    async with realtime_server(status=HTTPStatus.FOUND) as url:
        assert (await refusal(url)).kind is ErrorKind.WRONG_URL


@pytest.mark.parametrize("close_code", [1000, 1011, 4000])
async def test_no_log_at_any_level_holds_the_key(
    close_code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the user turned on, of us, the SDK and websockets."""
    caplog.set_level(logging.CRITICAL, logger="websockets.server")  # The test's own.
    caplog.set_level(logging.DEBUG)  # Last: it is the level of what is captured.
    handler = fails("server_error", CANARY, close_code, f"about {CANARY}")
    async with realtime_server(handler) as url:
        connection = await connect(url)
        await connection.recv()
        with pytest.raises(ConnectionLost):
            await connection.recv()
    async with realtime_server(greet) as url:
        await (await connect(url)).close()
    assert CANARY not in caplog.text
