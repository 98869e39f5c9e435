"""One websocket to a Realtime server, opened by the openai SDK."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import contextlib
import logging
from ssl import SSLContext
from typing import Any, Final, Protocol, cast

from openai import AsyncOpenAI, OpenAIError
import openai.resources.realtime.realtime
import openai.types.realtime
from openai.types.websocket_connection_options import WebSocketConnectionOptions
import orjson
import websockets.asyncio.client
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from .errors import (
    REDACTED,
    ConnectionLost,
    ErrorKind,
    RealtimeError,
    classify_exception,
    error_of_body,
)
from .websocket import WebSocket, WireLogger

with contextlib.suppress(ImportError):  # a private name that may move
    import openai.lib._websocket

_LOGGER = logging.getLogger(__name__)

_SHORTEST_SECRET: Final = 8
# The events that hold error objects, with words of the server's own.
_COMPLAINTS: Final = frozenset(
    {
        "conversation.item.input_audio_transcription.failed",
        "error",
        "response.done",
    }
)
OPEN_TIMEOUT: Final = 10.0
CLOSE_TIMEOUT: Final = 1.5
LARGEST_FRAME: Final = 2**24
"""Of one event in bytes: four minutes of sound, which no server sends at once."""

MOST_FRAMES: Final = 16
"""Frames that are read ahead; then the server has to wait."""
# A peer that is gone without a word is noticed within the sum of both.
PING_INTERVAL: Final = 5.0
PING_TIMEOUT: Final = 10.0

# The SDK and websockets load these at first use, which would be in the loop.
_PRELOADED: Final = (
    openai.resources.realtime.realtime,
    openai.types.realtime,
    websockets.asyncio.client,
)


class Socket(Protocol):
    """What carries a session: a websocket, or a server in this process."""

    async def recv_bytes(self) -> bytes:
        """Return the next frame; raise `ConnectionClosed` once it is over."""

    async def send_text(self, data: bytes) -> None:
        """Send a text frame; raise `ConnectionClosed` once it is over."""

    def send_now(self, data: bytes) -> bool:
        """Send a text frame without waiting; False, and nothing sent, where it cannot."""

    async def close(self) -> None:
        """Close."""


class RealtimeConnection:
    """A Realtime session's socket: JSON objects in, JSON objects out."""

    def __init__(self, socket: Socket, key: str = "") -> None:
        """Wrap a socket, past the SDK's parsing and its queues.

        What the server says of the `key` is cut out, whatever it says it in.
        """
        self._socket = socket
        self._key = key
        self.send_now = socket.send_now
        """Send an event's JSON if that takes no waiting; else do nothing, and tell.

        Never raises: whoever receives learns of a socket that ended.
        """
        self.first_words: list[dict[str, Any]] = []
        """What was read while the session was opened and configured."""

    async def recv(self) -> dict[str, Any]:
        """Return the next server event; frames that are none are skipped.

        Safe to cancel. Raises `ConnectionLost` once the socket ended,
        politely or not.
        """
        while True:
            try:
                frame = await self._socket.recv_bytes()
            except ConnectionClosed as err:
                raise _lost(err, self._key) from err
            event = _read_frame(frame)
            if event is not None and (event := self._discreet(event)) is not None:
                return event

    def _discreet(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """Return an event that complains of something without the key.

        None where it is nested so deep that nobody can look for the key in it.
        """
        kind = event.get("type")
        if not isinstance(kind, str) or kind not in _COMPLAINTS:
            return event
        try:
            text = orjson.dumps(event).decode()
        except TypeError:
            return None
        if (clean := _without(self._key, text)) == text:
            return event
        said: dict[str, Any] = orjson.loads(clean)
        return said

    async def send(self, event: dict[str, Any] | bytes) -> None:
        """Send a client event, or its JSON where that is at hand already.

        Waits while the socket is congested. Raises `ConnectionLost` once
        the socket ended.
        """
        data = event if isinstance(event, bytes) else orjson.dumps(event)
        try:
            await self._socket.send_text(data)
        except ConnectionClosed as err:
            raise _lost(err, self._key) from err

    async def expect_session(self) -> dict[str, Any]:
        """Return `session.created`, which a server sends before all else.

        Raises `RealtimeError` where the server refuses the key or the model,
        or says something else for 10 s.
        """
        if not self.first_words:
            await self._expect("session.created")
        return self.first_words[0]

    async def configure(self, session: dict[str, Any]) -> None:
        """Configure a session before its conversation begins.

        `session` is that of a `session.update`. Raises `RealtimeError` where the
        server refuses it or says nothing for 10 s.
        """
        await self.send({"type": "session.update", "session": session})
        await self._expect("session.updated")

    async def _expect(self, kind: str) -> None:
        """Keep the next event of a type; raise what explains its lack."""
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                self.first_words.append(await self._read_until(kind))
        except TimeoutError as err:
            message = f"No {kind} within 10 s"
            raise RealtimeError(ErrorKind.WRONG_URL, None, message) from err

    async def _read_until(self, kind: str) -> dict[str, Any]:
        """Return the next event of a type."""
        while True:
            event = await self.recv()
            match event:
                case {"type": str(of_event)} if of_event == kind:
                    return event
                # xAI greets with its conversation instead of its session.
                case {"type": "conversation.created"} if kind == "session.created":
                    return {"type": kind, "session": {}}
                case {"type": "error", "error": dict(error)}:
                    failure = RealtimeError.from_payload(error)
                    if failure.kind is not ErrorKind.BENIGN:  # It refuses nothing.
                        raise failure

    async def close(self) -> None:
        """Close the socket within 2 s, whatever the other side does."""
        with contextlib.suppress(TimeoutError, WebSocketException, OSError):
            async with asyncio.timeout(CLOSE_TIMEOUT + 0.4):
                await self._socket.close()


type Connect = Callable[[], Awaitable[RealtimeConnection]]
"""Open a socket for a new session; raise `RealtimeError` where it cannot be had."""


async def open_connection(
    client: AsyncOpenAI,
    model: str,
    *,
    ssl_context: SSLContext | None,
    headers: Mapping[str, str] | None = None,
) -> RealtimeConnection:
    """Open a socket for a new session; the server's first word is still to come.

    `ssl_context` is used for secure addresses only; `headers` are sent beside
    the key. Raises `RealtimeError`.
    """
    sockets: list[WebSocket] = []

    def make_socket(*args: Any, **options: Any) -> WebSocket:
        """Make the websocket that the SDK opens, and keeps to itself."""
        sockets.append(WebSocket(*args, **options))
        return sockets[-1]

    try:
        ring = await client.realtime.connect(
            model=model,
            extra_headers=headers or {},
            websocket_connection_options=_options(client, ssl_context, make_socket),
        ).enter()
    except InvalidStatus as err:
        refusal = _refused(err, client.api_key)
    except OSError as err:
        raise _unreached(err, secure=_is_secure(client)) from err
    except (WebSocketException, ValueError, OpenAIError) as err:
        message = _without(client.api_key, str(err))
        raise RealtimeError(classify_exception(err), None, message) from err
    else:
        # Its parts hold each other and the socket, until garbage is collected.
        vars(ring).clear()
        return RealtimeConnection(sockets[-1], client.api_key)
    raise refusal  # Out here, or it would keep the answer, which may quote the key.


def _options(
    client: AsyncOpenAI,
    ssl_context: SSLContext | None,
    make_socket: Callable[..., WebSocket],
) -> WebSocketConnectionOptions:
    """Return what reaches `websockets.connect` beyond the SDK's own list."""
    options: dict[str, Any] = {
        "open_timeout": OPEN_TIMEOUT,
        "close_timeout": CLOSE_TIMEOUT,
        "max_size": LARGEST_FRAME,
        "max_queue": MOST_FRAMES,
        "ping_interval": PING_INTERVAL,
        "ping_timeout": PING_TIMEOUT,
        "compression": None,
        "logger": WireLogger(_LOGGER),
        "create_connection": make_socket,
    }
    if _is_secure(client) and ssl_context is not None:
        options["ssl"] = ssl_context
    return cast("WebSocketConnectionOptions", options)


def _is_secure(client: AsyncOpenAI) -> bool:
    """Tell whether the SDK will connect with TLS, as it does but for http."""
    return client.base_url.scheme != "http"


def _unreached(err: OSError, *, secure: bool) -> RealtimeError:
    """Turn a failure of the network into an error in the system's words.

    A server without TLS mostly hangs up on a TLS greeting.
    """
    hung_up = secure and isinstance(err, ConnectionResetError)
    kind = ErrorKind.TLS if hung_up else classify_exception(err)
    message = err.strerror or str(err) or type(err).__name__
    return RealtimeError(kind, None, message)


def _without(key: str, text: str) -> str:
    """Return a server's text without the key, should it quote it.

    A key of a few letters is no secret, and may be part of any word.
    """
    return text.replace(key, REDACTED) if len(key) >= _SHORTEST_SECRET else text


def _refused(err: InvalidStatus, key: str) -> RealtimeError:
    """Turn an HTTP answer into an error with the server's own words."""
    status = err.response.status_code
    error = error_of_body(err.response.body)
    message = _without(key, str(error.get("message") or f"HTTP {status}"))
    return RealtimeError(classify_exception(err), str(status), message)


def _lost(err: ConnectionClosed, key: str) -> ConnectionLost:
    """Tell how the socket ended; without a close frame it is 1006."""
    if err.rcvd is not None:
        return ConnectionLost(err.rcvd.code, _without(key, err.rcvd.reason))
    return ConnectionLost(1006, err.sent.reason if err.sent else "")


def _read_frame(frame: bytes) -> dict[str, Any] | None:
    """Parse a frame; None where it holds no JSON object."""
    try:
        event = orjson.loads(frame)
    except orjson.JSONDecodeError:
        event = None
    if isinstance(event, dict):
        return event
    _LOGGER.debug("Skipped a frame of %d bytes that is no JSON object", len(frame))
    return None
