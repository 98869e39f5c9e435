"""The line between Home Assistant and the service, on which anything may go wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
import json
import socket

from tests.links.satellite import HOST

_BLOCK = 4096
# What the kernel keeps for a peer that reads nothing is what a sender can still write.
_BUFFER = 8192


@dataclass
class Flow:
    """Whether something is carried; else it is not even read."""

    up: asyncio.Event = field(default_factory=asyncio.Event)
    """From Home Assistant to the service."""

    down: asyncio.Event = field(default_factory=asyncio.Event)
    """From the service to Home Assistant."""

    def __post_init__(self) -> None:
        """Carry both ways."""
        self.go_on()

    def go_on(self) -> None:
        """Carry both ways again."""
        self.up.set()
        self.down.set()

    def stop(self) -> None:
        """Carry nothing."""
        self.up.clear()
        self.down.clear()


@dataclass
class Line:
    """Carry TCP from a port of 127.0.0.1 to another, as well as it is told to."""

    target: int
    port: int = 0
    status: HTTPStatus | None = None
    """What new connections are answered with instead of being carried."""

    flow: Flow = field(default_factory=Flow)
    """Of all connections, but for those whose peer is gone."""

    bytes_per_s: float | None = None
    """How much the service can send in a second; None: any amount."""

    is_cutting: bool = False
    """The next block of the service is carried by half, then the line ends."""

    accepted: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def listen(self) -> None:
        """Take connections, on the same port as before."""
        if self._server is not None:
            return
        # Only a socket that says so sends small pieces without waiting for an answer.
        bare = socket.socket(proto=socket.IPPROTO_TCP)
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        bare.bind((HOST, self.port))
        self._server = await asyncio.start_server(
            self._welcome, sock=bare, limit=_BLOCK
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Take no connection any more; those that are there stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def drop(self) -> None:
        """Reset what is connected."""
        for writer in tuple(self._open):
            writer.transport.abort()

    def lose_peer(self) -> None:
        """Let the peer be gone without a word, from every connection and for good."""
        self.flow.stop()
        # Who connects after `heal` is carried by another flow.
        self.flow = Flow()
        self.flow.stop()

    async def heal(self) -> None:
        """Be a good line again; who has lost their peer has lost it for good."""
        self.flow.go_on()
        self.status, self.bytes_per_s, self.is_cutting = None, None, False
        await self.listen()

    async def close(self) -> None:
        """End everything."""
        self.refuse()
        self.drop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _welcome(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve a connection in a task of ours."""
        self.accepted += 1
        task = asyncio.create_task(self._serve(reader, writer), name="line")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry a connection until either side ends it, or answer it ourselves."""
        self._open.add(writer)
        try:
            if self.status is not None:
                await self._answer(reader, writer, self.status)
            else:
                await self._carry(reader, writer)
        except OSError, asyncio.IncompleteReadError:
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _answer(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        status: HTTPStatus,
    ) -> None:
        """Answer as an HTTP server does that does not let somebody in."""
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"error": {"message": status.phrase}}).encode()
        writer.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry a connection both ways."""
        there, back = await asyncio.open_connection(HOST, self.target, limit=_BLOCK)
        self._open.add(back)
        ways = [
            asyncio.ensure_future(_up(self.flow, reader, back)),
            asyncio.ensure_future(self._down(self.flow, there, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._open.discard(back)
            writer.close()
            back.transport.abort()

    async def _down(
        self, flow: Flow, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry what the service sends."""
        with suppress(OSError):
            while await flow.down.wait() and (block := await reader.read(_BLOCK)):
                await flow.down.wait()
                if self.is_cutting:
                    self.is_cutting = False
                    writer.write(block[: len(block) // 2])
                    await writer.drain()
                    return
                writer.write(block)
                await writer.drain()
                if self.bytes_per_s:
                    await asyncio.sleep(len(block) / self.bytes_per_s)


async def _up(
    flow: Flow, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Carry what Home Assistant sends."""
    with suppress(OSError):
        while await flow.up.wait() and (block := await reader.read(_BLOCK)):
            await flow.up.wait()
            writer.write(block)
            await writer.drain()


@asynccontextmanager
async def line_to(target: int) -> AsyncIterator[Line]:
    """Have a good line for a while."""
    line = Line(target)
    await line.listen()
    try:
        yield line
    finally:
        await line.close()
