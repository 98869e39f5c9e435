"""Encoded sounds, and a web server that offers them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import io

from aiohttp import web
from aiohttp.test_utils import TestServer
import av
import numpy as np

RATE = 24000
_CODECS = {"mp3": "libmp3lame", "flac": "flac", "wav": "pcm_s16le"}
# A stream does not know its length; what says one is not read beyond it.
_OPTIONS = {"mp3": {"write_xing": "0"}}
_TYPES = {"mp3": "audio/mpeg", "flac": "audio/flac", "wav": "audio/wav"}


def tone(seconds: float, hz: float = 440.0, peak: int = 12000) -> bytes:
    """Return a sine as PCM s16le mono 24 kHz."""
    times = np.arange(int(RATE * seconds)) / RATE
    return (np.sin(times * 2 * np.pi * hz) * peak).astype("<i2").tobytes()


def encoded(pcm: bytes, kind: str) -> bytes:
    """Return PCM s16le mono 24 kHz as mp3, flac or wav."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind, options=_OPTIONS.get(kind)) as container:
        stream = container.add_stream(_CODECS[kind], rate=RATE)
        stream.layout = "mono"
        samples = np.frombuffer(pcm, "<i2").reshape(1, -1)
        sound = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        sound.rate = RATE
        resampler = av.AudioResampler(stream.format, "mono", RATE)
        for frame in resampler.resample(sound):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


@asynccontextmanager
async def web_server(seconds: float = 0.2) -> AsyncIterator[str]:
    """Yield the address of a server with a tone as `/tone.mp3`, `.flac` and `.wav`.

    `/endless.mp3` is a tone of eight seconds, `/silence.mp3` half a second of nothing.
    """

    lengths = {"tone": (seconds, 12000), "endless": (8.0, 12000), "silence": (0.5, 0)}
    transports: list[asyncio.Transport] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        assert isinstance(request.transport, asyncio.Transport)
        transports.append(request.transport)
        response = web.StreamResponse(headers={"Content-Type": _TYPES[kind]})
        await response.prepare(request)
        length, peak = lengths[request.match_info["name"]]
        await response.write(encoded(tone(length, peak=peak), kind))
        return response

    app = web.Application()
    app.router.add_get("/{name:tone|endless|silence}.{kind:mp3|flac|wav}", serve)
    async with TestServer(app, host="127.0.0.1") as server:
        try:
            yield str(server.make_url("")).rstrip("/")
        finally:
            # What still waits to be written would hold the server up.
            for transport in transports:
                transport.abort()
