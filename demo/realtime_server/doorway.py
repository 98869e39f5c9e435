"""The way in: websocket upgrades, and the two HTTP endpoints beside them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

PATHS = frozenset({"/v1/realtime", "/openai/v1/realtime"})
_SECRETS = frozenset({f"{path}/client_secrets" for path in PATHS})
_MODELS = frozenset({"/v1/models", "/openai/v1/models"})
_KEY_PROTOCOL = "openai-insecure-api-key."
_MOST_POST = 1024 * 1024

type Post = Callable[[str, Headers, bytes], tuple[HTTPStatus, dict[str, Any]]]


class DoorwayConnection(ServerConnection):
    """A connection that also understands one HTTP request with POST.

    The websockets library reads GET only; `post` answers what is not for it.
    """

    post: Post
    _posted: bytearray | None = None
    _fresh = True

    def data_received(self, data: bytes) -> None:
        """Keep a POST away from the websocket, and everything else in its way."""
        if self._fresh and data.startswith(b"POST "):
            self._posted = bytearray()
        self._fresh = False
        if self._posted is None:
            super().data_received(data)
            return
        self._posted += data
        head, separator, body = bytes(self._posted).partition(b"\r\n\r\n")
        if len(self._posted) > _MOST_POST:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {})
        elif separator:
            self._read_post(head, body)

    def _read_post(self, head: bytes, body: bytes) -> None:
        """Answer a POST once its body is complete."""
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = Headers()
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip()] = value.strip()
        length = headers.get("Content-Length", "0")
        if not length.isdigit():
            self._answer(HTTPStatus.BAD_REQUEST, {})
        elif len(body) >= int(length):
            path = urlsplit(first.split(" ")[1]).path
            self._answer(*self.post(path, headers, body[: int(length)]))

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        """Send a JSON answer and close."""
        response = json_response(status, content)
        self.transport.write(response.serialize())
        self.transport.close()


def json_response(status: HTTPStatus, content: dict[str, Any]) -> Response:
    """Return an HTTP response with JSON."""
    body = orjson.dumps(content)
    headers = Headers(
        {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
    )
    return Response(status, status.phrase, headers, body)


class Visit:
    """What a request says: its path, parameters and credentials."""

    def __init__(self, request: Request) -> None:
        """Read a request."""
        parts = urlsplit(request.path)
        self.path = parts.path.rstrip("/")
        self._query = parse_qs(parts.query)
        self._headers = request.headers

    @property
    def is_realtime(self) -> bool:
        """Tell whether it asks for a session."""
        return self.path in PATHS

    @property
    def is_models(self) -> bool:
        """Tell whether it asks for the models."""
        return self.path in _MODELS

    @property
    def key(self) -> str | None:
        """Return the API key, wherever it is given."""
        return key_of(self._headers) or next(
            (
                word.removeprefix(_KEY_PROTOCOL)
                for word in self._protocols()
                if word.startswith(_KEY_PROTOCOL)
            ),
            None,
        )

    @property
    def beta(self) -> bool:
        """Tell whether the client speaks the beta protocol."""
        asked = self._headers.get_all("OpenAI-Beta")
        return "realtime=v1" in asked or "openai-beta.realtime-v1" in self._protocols()

    def parameter(self, name: str) -> str | None:
        """Return a query parameter's last value."""
        values = self._query.get(name)
        return values[-1] if values else None

    def faults(self) -> list[str]:
        """Return the faults that the connection asks for."""
        headers = self._headers.get_all("X-Rehearsal-Fault")
        return [
            *self._query.get("fault", []),
            *(h for each in headers for h in each.split(",")),
        ]

    def _protocols(self) -> list[str]:
        """Return the offered subprotocols."""
        offered = ",".join(self._headers.get_all("Sec-WebSocket-Protocol"))
        return [word.strip() for word in offered.split(",")]


def key_of(headers: Headers) -> str | None:
    """Return the API key of HTTP headers."""
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key:
        return key.strip()
    return headers.get("api-key")


def is_secrets(path: str) -> bool:
    """Tell whether a POST asks for a client secret."""
    return path.rstrip("/") in _SECRETS


def choose_protocol(
    connection: ServerConnection, offered: list[Subprotocol] | Any
) -> Subprotocol | None:
    """Choose `realtime` where a browser offers it."""
    return Subprotocol("realtime") if "realtime" in offered else None
