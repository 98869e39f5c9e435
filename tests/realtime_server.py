"""A websocket on loopback that says what a test wants a Realtime server to say."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from ssl import SSLContext
from typing import Any

import orjson
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

KEY = "sk-test-0123456789"
MODEL = "gpt-realtime-test"
SESSION_CREATED = {
    "type": "session.created",
    "event_id": "event_1",
    "session": {"id": "sess_1", "type": "realtime"},
}

type Handler = Callable[[ServerConnection], Awaitable[None]]


async def say(connection: ServerConnection, *events: dict[str, Any]) -> None:
    """Send events as a server does, one text frame each."""
    for event in events:
        await connection.send(orjson.dumps(event).decode())


def error_event(error_type: str, code: str | None, message: str) -> dict[str, Any]:
    """Return an `error` event as the service sends it."""
    error = {"type": error_type, "code": code, "message": message}
    return {"type": "error", "event_id": "event_e", "error": error}


async def greet(connection: ServerConnection) -> None:
    """Behave: open a session and wait until the client leaves."""
    await say(connection, SESSION_CREATED)
    await connection.wait_closed()


def fails(
    error_type: str, code: str | None, close_code: int, message: str = "No."
) -> Handler:
    """Return a handler that refuses after the upgrade, as OpenAI does."""

    async def handler(connection: ServerConnection) -> None:
        """Say the error and close with its code."""
        await say(connection, error_event(error_type, code, message))
        await connection.close(close_code, f"{error_type}.{code}")

    return handler


@asynccontextmanager
async def realtime_server(
    handler: Handler = greet,
    *,
    status: HTTPStatus | None = None,
    body: str = "",
    location: str | None = None,
    key: str | None = None,
    tls: SSLContext | None = None,
    port: int = 0,
) -> AsyncIterator[str]:
    """Serve on a port of 127.0.0.1, by default a free one; yield the base URL.

    `status` refuses each upgrade with that HTTP answer, which may point to another
    `location`; `key` refuses every
    other key with 401; `tls` makes it secure.
    """

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        """Refuse before the upgrade where the test wants it."""
        if status is not None:
            response = connection.respond(status, body)
            if location is not None:
                response.headers["Location"] = location
            return response
        if key is not None and request.headers["Authorization"] != f"Bearer {key}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "")
        if not request.path.startswith("/v1/realtime?model="):
            return connection.respond(HTTPStatus.NOT_FOUND, "")
        return None

    serving = serve(handler, "127.0.0.1", port, process_request=answer, ssl=tls)
    async with serving as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
