"""Media players: they fetch an address over HTTP and decode it as it arrives."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
import json
from typing import Final

from aiohttp import ClientError, ClientSession
import av

from benchmarks.stamps import now

_BYTES_PER_MS: Final = 8


@dataclass(slots=True)
class Fetched:
    """How an address came in; times in ns."""

    ordered_at: int
    first_frame_at: int = 0
    """When the first MP3 frame was decoded."""

    arrivals: list[tuple[int, int]] = field(default_factory=list)
    """When how many bytes had come."""


class Players:
    """Players of one Home Assistant, told what to do over a connection."""

    def __init__(self, session: ClientSession, *, decodes: bool) -> None:
        """Fetch with a session; who decodes notes when the first frame is there."""
        self._session = session
        self._decodes = decodes
        self._fetching: dict[int, asyncio.Task[None]] = {}
        self.fetched: list[Fetched] = []
        self.bytes = 0

    async def start(self) -> int:
        """Listen for orders; return the port."""
        server = await asyncio.start_server(self._obey, "127.0.0.1", 0)
        self._server = server
        port: int = server.sockets[0].getsockname()[1]
        return port

    def take(self) -> list[Fetched]:
        """Return what was fetched, and begin anew."""
        fetched, self.fetched = self.fetched, []
        return fetched

    async def _obey(
        self, reader: asyncio.StreamReader, _: asyncio.StreamWriter
    ) -> None:
        """Do what Home Assistant orders."""
        while line := await reader.readline():
            ordered_at, order = now(), json.loads(line)
            if (fetching := self._fetching.pop(order["player"], None)) is not None:
                fetching.cancel()
            if order["url"] is not None:
                fetch = self._fetch(order["url"], ordered_at)
                self._fetching[order["player"]] = asyncio.create_task(fetch)

    async def _fetch(self, url: str, ordered_at: int) -> None:
        """Fetch an address to its end."""
        fetched = Fetched(ordered_at)
        self.fetched.append(fetched)
        decoder, total = _Decoder(), 0
        try:
            async with self._session.get(url) as response:
                async for piece in response.content.iter_any():
                    at = now()
                    total += len(piece)
                    self.bytes += len(piece)
                    if not self._decodes:
                        continue
                    fetched.arrivals.append((at, total))
                    if not fetched.first_frame_at and any(decoder.push(piece)):
                        fetched.first_frame_at = now()
        except ClientError:
            pass


class _Decoder:
    """MP3 that may be cut anywhere."""

    def __init__(self) -> None:
        """Begin a stream."""
        self._codec = av.CodecContext.create("mp3", "r")

    def push(self, data: bytes) -> Iterator[int]:
        """Yield the samples of each frame that can be decoded now."""
        for packet in self._codec.parse(data):
            for frame in self._codec.decode(packet):
                assert isinstance(frame, av.AudioFrame)
                yield frame.samples
