"""The openai SDK's loop, as its documentation shows it."""

import asyncio
from base64 import b64decode, b64encode
from functools import cache
from typing import Any

from openai import AsyncOpenAI

from benchmarks.contenders.job import Sink, main


@cache
def client_of(url: str) -> AsyncOpenAI:
    """Return the client that all conversations share."""
    base = url.split("/realtime", maxsplit=1)[0]
    return AsyncOpenAI(api_key="bench", websocket_base_url=base)


class Sdk:
    """Send by the connection's methods, read typed events."""

    _manager: Any
    _connection: Any
    _reader: asyncio.Task[None]

    def __init__(self, sink: Sink) -> None:
        """Give answers to a sink."""
        self._sink = sink

    async def open(self, url: str) -> None:
        """Connect."""
        self._manager = client_of(url).realtime.connect(model="gpt-realtime")
        self._connection = await self._manager.enter()
        self._reader = asyncio.create_task(self._read())

    async def hear(self, pcm: bytes) -> None:
        """Send a frame."""
        await self._connection.input_audio_buffer.append(audio=b64encode(pcm).decode())

    async def _read(self) -> None:
        """Read until the end."""
        async for event in self._connection:
            if event.type == "response.output_audio.delta":
                self._sink(b64decode(event.delta))

    async def close(self) -> None:
        """Hang up."""
        self._reader.cancel()
        await self._connection.close()


if __name__ == "__main__":
    main(Sdk)
