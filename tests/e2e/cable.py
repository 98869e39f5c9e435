"""A network between Home Assistant and a server that can be cut."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from demo.rig.processes import free_port

_HOST = "127.0.0.1"
_BLOCK = 65536


class Cable:
    """Carry TCP to a port of 127.0.0.1 until the cable is pulled."""

    def __init__(self, target: int) -> None:
        """Prepare to carry; nothing listens yet."""
        self.port = free_port()
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Plug the cable in."""
        await self._plug_in()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Pull it for good."""
        self._pull()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def cut(self, seconds: float) -> None:
        """Break every connection and refuse new ones for a while."""
        self._pull()
        await asyncio.sleep(seconds)
        await self._plug_in()

    async def _plug_in(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._welcome, _HOST, self.port)

    def _pull(self) -> None:
        """Stop listening and reset what is connected."""
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    def _welcome(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry a connection in a task of its own."""
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry a connection both ways until either side ends it."""
        self._open.add(writer)
        try:
            there, back = await asyncio.open_connection(_HOST, self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open.add(back)
        ways = [
            asyncio.ensure_future(_pour(reader, back)),
            asyncio.ensure_future(_pour(there, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, back):
                self._open.discard(end)
                end.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way until they end."""
    with contextlib.suppress(ConnectionError):
        while block := await reader.read(_BLOCK):
            writer.write(block)
            await writer.drain()
