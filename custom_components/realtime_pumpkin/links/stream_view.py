"""Where media players fetch what the pumpkin says."""

import asyncio
import hashlib
import secrets
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .stream import AudioStream, Fetch

AUDIO_PATH: Final = f"/api/{DOMAIN}/audio"
_WRITE_TIMEOUT_S: Final = 5.0
_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "audio/mpeg",
    hdrs.CACHE_CONTROL: "no-store",
    hdrs.ACCEPT_RANGES: "none",
    # A proxy in between must not collect the stream before it passes it on.
    "X-Accel-Buffering": "no",
}


class AudioStreams:
    """The streams that players may fetch, each under a secret of 128 bits."""

    def __init__(self) -> None:
        """Start with nothing to fetch."""
        self._streams: dict[bytes, AudioStream] = {}

    def __len__(self) -> int:
        """Return how many streams can be fetched."""
        return len(self._streams)

    def add(self, stream: AudioStream) -> str:
        """Make a stream known and return its token."""
        token = secrets.token_urlsafe(16)
        self._streams[_digest(token)] = stream
        return token

    def find(self, token: str) -> AudioStream | None:
        """Return the stream of a token."""
        return self._streams.get(_digest(token))

    def remove(self, token: str) -> None:
        """Forget a stream."""
        self._streams.pop(_digest(token), None)


class AudioStreamView(HomeAssistantView):
    """Serve streams to players, which cannot log in: the token is the key."""

    url = f"{AUDIO_PATH}/{{token}}.mp3"
    name = f"api:{DOMAIN}:audio"
    requires_auth = False

    def __init__(self, streams: AudioStreams) -> None:
        """Serve these streams."""
        self._streams = streams

    async def head(self, request: web.Request, token: str) -> web.StreamResponse:
        """Tell a player what it would get, which has no length yet."""
        self._find(token)
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        return response

    async def get(self, request: web.Request, token: str) -> web.StreamResponse:
        """Serve a stream from its start, at the pace at which it is heard."""
        stream = self._find(token)
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

    def _find(self, token: str) -> AudioStream:
        """Return the stream of a token, or answer as for any unknown page."""
        if (stream := self._streams.find(token)) is None:
            raise web.HTTPNotFound
        return stream


_STREAMS: HassKey[AudioStreams] = HassKey(f"{DOMAIN}_audio_streams")


@callback
def async_get_streams(hass: HomeAssistant) -> AudioStreams:
    """Return Home Assistant's streams; the first call registers the view."""
    if (streams := hass.data.get(_STREAMS)) is None:
        streams = hass.data[_STREAMS] = AudioStreams()
        hass.http.register_view(AudioStreamView(streams))
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
