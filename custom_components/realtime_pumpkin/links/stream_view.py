"""Where media players fetch what the pumpkin says."""

import asyncio
from dataclasses import dataclass
import hashlib
import logging
import re
import secrets
from time import monotonic
from typing import Final, override

from aiohttp import hdrs, web
from aiohttp.log import access_logger
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from .owned import Clock
from .stream import AudioStream, Fetch

AUDIO_PATH: Final = f"/api/{DOMAIN}/audio"
LONGEST_LIFE_S: Final = 600.0
"""After this an address is worth nothing, whoever forgot to take it back.

The longest utterance has five minutes, and an interruption may hold it.
"""
_WRITE_TIMEOUT_S: Final = 5.0
_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "audio/mpeg",
    hdrs.CACHE_CONTROL: "no-store",
    hdrs.ACCEPT_RANGES: "none",
    # A proxy in between must not collect the stream before it passes it on.
    "X-Accel-Buffering": "no",
}


@dataclass(frozen=True, slots=True)
class _Lease:
    """A stream that may be fetched until a time of the clock."""

    stream: AudioStream
    until: float


class AudioStreams:
    """The streams that players may fetch, each under a secret of 128 bits.

    A token is known from `add` until `remove`, and never for longer than ten
    minutes. Only its hash is kept.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        """Start with nothing to fetch; `clock` tells seconds."""
        self._clock = clock
        self._leases: dict[bytes, _Lease] = {}

    def __len__(self) -> int:
        """Return how many streams can be fetched."""
        self._forget_expired()
        return len(self._leases)

    def add(self, stream: AudioStream) -> str:
        """Make a stream known and return its token."""
        self._forget_expired()
        token = secrets.token_urlsafe(16)
        self._leases[_digest(token)] = _Lease(stream, self._clock() + LONGEST_LIFE_S)
        return token

    def find(self, token: str) -> AudioStream | None:
        """Return the stream of a token; None where it is unknown or too old."""
        self._forget_expired()
        lease = self._leases.get(_digest(token))
        return None if lease is None else lease.stream

    def remove(self, token: str) -> None:
        """Forget a stream."""
        if (lease := self._leases.pop(_digest(token), None)) is not None:
            lease.stream.retire()

    def _forget_expired(self) -> None:
        """Forget what is too old; the oldest come first."""
        now = self._clock()
        while self._leases:
            oldest = next(iter(self._leases))
            if self._leases[oldest].until > now:
                return
            self._leases.pop(oldest).stream.retire()


class _NoTokens(logging.Filter):
    """Keep tokens out of what is written of pages and actions.

    Home Assistant does so at debug level, its web server where the user turns that
    on, and we where a player says in its own words what it could not play.
    """

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the tokens out of a line, and out of what it was made of."""
        line = record.getMessage()
        if AUDIO_PATH in line:
            record.msg, record.args = _TOKEN.sub("…", line), None
            if (request := getattr(record, "first_request_line", None)) is not None:
                record.first_request_line = _TOKEN.sub("…", request)
        return True


_NO_TOKENS: Final = _NoTokens()
_TOKEN: Final = re.compile(rf"(?<={re.escape(AUDIO_PATH)}/)[\w-]+")
_TELLERS: Final = (
    LOGGER,
    access_logger,
    logging.getLogger(HomeAssistant.__module__),
    logging.getLogger(HomeAssistantView.__module__),
)


class AudioStreamView(HomeAssistantView):
    """Serve streams to players, which cannot log in: the token is the key.

    Players also look for a cover beside each stream. That, and whatever else is
    unknown, is refused without raising: aiohttp's error would stay in memory, with
    the whole request, until Python collects its garbage.
    """

    url = f"{AUDIO_PATH}/{{name}}"
    name = f"api:{DOMAIN}:audio"
    requires_auth = False

    def __init__(self, streams: AudioStreams) -> None:
        """Serve these streams."""
        self._streams = streams

    async def head(self, request: web.Request, name: str) -> web.StreamResponse:
        """Tell a player what it would get, which has no length yet."""
        if self._find(name) is None:
            return _unknown_page()
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        return response

    async def get(self, request: web.Request, name: str) -> web.StreamResponse:
        """Serve a stream from its start, at the pace at which it is heard."""
        if (stream := self._find(name)) is None:
            return _unknown_page()
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        if (transport := request.transport) is None:
            return response
        fetch = stream.fetch(transport.abort)
        try:
            await _serve(fetch, response)
        except ConnectionError:
            pass
        except TimeoutError:
            transport.abort()
        finally:
            fetch.close()
        return response

    def _find(self, name: str) -> AudioStream | None:
        """Return the stream that is called so, `<token>.mp3`."""
        token, _, kind = name.rpartition(".")
        return self._streams.find(token) if kind == "mp3" else None


def _unknown_page() -> web.Response:
    """Return just what the web server says of any page that it does not have."""
    return web.Response(status=404, text="404: Not Found")


_STREAMS: HassKey[AudioStreams] = HassKey(f"{DOMAIN}_audio_streams")


@callback
def async_get_streams(hass: HomeAssistant) -> AudioStreams:
    """Return Home Assistant's streams; the first call registers the view."""
    if (streams := hass.data.get(_STREAMS)) is None:
        streams = hass.data[_STREAMS] = AudioStreams(hass.loop.time)
        hass.http.register_view(AudioStreamView(streams))
        for teller in _TELLERS:
            teller.addFilter(_NO_TOKENS)
    return streams


def stream_path(token: str) -> str:
    """Return the path of a stream.

    With a query, or Home Assistant would sign it and make it too long for some
    players.
    """
    return f"{AUDIO_PATH}/{token}.mp3?v=1"


async def _serve(fetch: Fetch, response: web.StreamResponse) -> None:
    """Write chunks until the end; raise `TimeoutError` where none is taken."""
    while (chunk := await fetch.next_chunk()) is not None:
        async with asyncio.timeout(_WRITE_TIMEOUT_S):
            await response.write(chunk)


def _digest(token: str) -> bytes:
    """Hash a token, so that looking it up takes no time that depends on it."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
