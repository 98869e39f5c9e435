"""The floor: a websocket and the standard library's json, nothing else."""

import asyncio
from base64 import b64decode, b64encode
import json

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.contenders.job import Sink, main


class Floor:
    """Encode and send, receive and decode."""

    _socket: ClientConnection
    _reader: asyncio.Task[None]

    def __init__(self, sink: Sink) -> None:
        """Give answers to a sink."""
        self._sink = sink

    async def open(self, url: str) -> None:
        """Connect."""
        self._socket = await connect(url, compression=None, max_size=None)
        self._reader = asyncio.create_task(self._read())

    async def hear(self, pcm: bytes) -> None:
        """Send a frame."""
        audio = b64encode(pcm).decode()
        event = {"type": "input_audio_buffer.append", "audio": audio}
        await self._socket.send(json.dumps(event))

    async def _read(self) -> None:
        """Read until the end."""
        async for message in self._socket:
            event = json.loads(message)
            if event["type"] == "response.output_audio.delta":
                self._sink(b64decode(event["delta"]))

    async def close(self) -> None:
        """Hang up."""
        self._reader.cancel()
        await self._socket.close()


if __name__ == "__main__":
    main(Floor)
