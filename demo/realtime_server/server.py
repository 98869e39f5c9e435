"""The local Realtime server: sessions of the core behind websockets."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from http import HTTPStatus
import logging
import secrets
import ssl
import time
from typing import Any

import orjson
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from custom_components.realtime_pumpkin.rehearsal import (
    CannedSession,
    IdSource,
    ServerOptions,
    ServerSession,
    parse_fault,
)
from custom_components.realtime_pumpkin.rehearsal.config import SessionConfig
from custom_components.realtime_pumpkin.rehearsal.errors import ApiError, not_json
from custom_components.realtime_pumpkin.rehearsal.schema import any_object, integer

from .connection import Connection, Session
from .doorway import (
    DoorwayConnection,
    Visit,
    choose_protocol,
    is_secrets,
    json_response,
    key_of,
)
from .ears import Ears
from .microphones import open_microphone
from .settings import MODELS, BrainFactory, ServerSettings
from .voices import Voices

_LOGGER = logging.getLogger(__name__)
_MOST_FRAME = 16 * 1024 * 1024
_CLOSE_S = 1
_MOST_SECRETS = 1000


class RealtimeServer:
    """Serve any number of sessions at once."""

    def __init__(
        self,
        settings: ServerSettings,
        brain: BrainFactory,
        ears: Ears,
        voices: Voices,
        canned: Callable[..., Session] = CannedSession,
    ) -> None:
        """Prepare to serve; `brain` makes one brain for each session.

        With `--canned`, what `canned` makes is the session instead.
        """
        self._settings = settings
        self._canned = canned
        self._brain = brain
        self._ears = ears
        self._voices = voices
        self._opened = 0
        self._secrets: dict[str, dict[str, Any]] = {}

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Serve while the context lasts; gives the port (for port 0)."""
        server: Server
        async with serve(
            self._visit,
            host,
            port,
            process_request=self._look_at,
            select_subprotocol=choose_protocol,
            create_connection=self._connection_class(),
            max_size=_MOST_FRAME,
            ping_interval=self._settings.ping_s,
            ssl=self._tls(),
            close_timeout=_CLOSE_S,
            server_header=None,
            logger=_websockets_logger(),
        ) as server:
            yield next(iter(server.sockets)).getsockname()[1]

    def _connection_class(self) -> type[ServerConnection]:
        """Return the class of connections, which know how to answer a POST."""
        return type(
            "PostingConnection",
            (DoorwayConnection,),
            {"post": staticmethod(self._post)},
        )

    def _tls(self) -> ssl.SSLContext | None:
        """Return the TLS context, where a certificate is given."""
        if self._settings.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._settings.certificate, self._settings.private_key)
        return context

    def _look_at(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        """Answer what is no session, and refuse by HTTP where that is wanted."""
        visit = Visit(request)
        if not (visit.is_models or visit.is_realtime):
            content = _http_error("Unknown path.", None)
            return json_response(HTTPStatus.NOT_FOUND, content)
        by_http = visit.is_models or self._settings.refuse_by_http
        if by_http and not self._knows(visit.key):
            content = _http_error("Incorrect API key provided.", "invalid_api_key")
            return json_response(HTTPStatus.UNAUTHORIZED, content)
        return json_response(HTTPStatus.OK, _model_list()) if visit.is_models else None

    def _knows(self, key: str | None) -> bool:
        """Tell whether a key is accepted: the one that is set, or a secret."""
        return self._settings.options.key in (None, key) or key in self._secrets

    async def _visit(self, websocket: ServerConnection) -> None:
        """Hold one session."""
        assert websocket.request is not None
        visit = Visit(websocket.request)
        try:
            session = self._session(visit)
        except ValueError as error:
            await websocket.close(4000, str(error)[:100])
            return
        _LOGGER.debug("A session begins")
        kept = open_microphone(self._settings.microphones, self._opened)
        await Connection(websocket, session, self._ears, self._voices, kept).run()

    def _session(self, visit: Visit) -> Session:
        """Return the session that a connection asks for."""
        options = self._settings.options
        faults = tuple(parse_fault(each) for each in visit.faults())
        if faults:
            options = replace(options, faults=options.faults + faults)
        prepared = self._secrets.get(visit.key or "")
        if prepared is not None:
            options = replace(options, key=None)
        model = visit.parameter("model") or (prepared or {}).get("model")
        if self._settings.canned:
            return self._canned(model=model, options=options, ids=self._ids())
        return ServerSession(
            model=model,
            options=options,
            brain=self._brain(),
            ids=self._ids(),
            key=visit.key,
            beta=visit.beta,
            intent=visit.parameter("intent") or "realtime",
            session=prepared,
        )

    def _ids(self) -> IdSource:
        """Return a session's source of ids; with a seed it is the same every run."""
        self._opened += 1
        seed = self._settings.seed
        return IdSource(None if seed is None else f"{seed}/{self._opened}")

    def _post(
        self, path: str, headers: Headers, body: bytes
    ) -> tuple[HTTPStatus, dict[str, Any]]:
        """Answer a POST: a client secret, or an error."""
        if not is_secrets(path):
            return HTTPStatus.NOT_FOUND, _http_error("Unknown path.", None)
        if self._settings.options.key not in (None, key_of(headers)):
            content = _http_error("Incorrect API key provided.", "invalid_api_key")
            return HTTPStatus.UNAUTHORIZED, content
        try:
            return HTTPStatus.OK, self._client_secret(body)
        except ApiError as error:
            return HTTPStatus.BAD_REQUEST, {"error": error.wire(None)}

    def _client_secret(self, body: bytes) -> dict[str, Any]:
        """Mint a short-lived key for a prepared session; raises `ApiError`."""
        try:
            asked = any_object(orjson.loads(body or b"{}"), "")
        except orjson.JSONDecodeError:
            raise not_json() from None
        session = any_object(asked.get("session", {"type": "realtime"}), "session")
        model = str(session.get("model", "gpt-realtime"))
        options: ServerOptions = self._settings.options
        config = SessionConfig(model, options.silence_duration_ms)
        config.update(session, voice_is_locked=False)
        value = f"ek_{secrets.token_hex(16)}"
        while len(self._secrets) >= _MOST_SECRETS:
            del self._secrets[next(iter(self._secrets))]
        self._secrets[value] = {**session, "model": model}
        after = any_object(asked.get("expires_after", {}), "expires_after")
        lifetime = integer(10, 7200)(after.get("seconds", 600), "expires_after.seconds")
        expires_at = int(time.time()) + lifetime
        about = {"object": "realtime.session", "id": f"sess_{secrets.token_hex(10)}"}
        shown = {**config.wire(), **about, "expires_at": expires_at}
        return {"value": value, "expires_at": expires_at, "session": shown}


def _model_list() -> dict[str, Any]:
    """Return the models as the API lists them."""
    models = [
        {"id": name, "object": "model", "created": 1_756_310_400, "owned_by": "local"}
        for name in MODELS
    ]
    return {"object": "list", "data": models}


def _http_error(message: str, code: str | None) -> dict[str, Any]:
    """Return an error as the HTTP API writes it."""
    return {"error": ApiError(message, code=code).wire(None)}


def _websockets_logger() -> logging.Logger:
    """Return a logger that takes broken handshakes for what they are: the client's."""
    logger = logging.getLogger(f"{__name__}.websockets")
    logger.addFilter(_soften)
    return logger


def _soften(record: logging.LogRecord) -> logging.LogRecord:
    """Leave the traceback out of a failed handshake."""
    if record.msg == "opening handshake failed":
        softer = copy(record)
        softer.exc_info, softer.levelno, softer.levelname = None, logging.INFO, "INFO"
        return softer
    return record
