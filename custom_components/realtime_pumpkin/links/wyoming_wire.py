"""A Wyoming connection that garbage cannot break."""

import asyncio
from typing import Any, Final, override

import orjson
from wyoming.event import Event, async_read_event
from wyoming.version import __version__ as _VERSION

CONNECT_TIMEOUT_S: Final = 5.0
_HANG_UP_TIMEOUT_S: Final = 1.0
_GARBAGE_LIMIT: Final = 32
_LONGEST_PART: Final = 1024 * 1024
"""Bytes of data or sound in one event: three seconds of the widest sound there is."""


class BoundedReader(asyncio.StreamReader):
    """A reader that keeps no more than an event may hold, whatever is announced."""

    @override
    async def readexactly(self, n: int) -> bytes:
        """Return so many bytes; raise `EOFError` where nobody would send as much."""
        if n > _LONGEST_PART:
            raise EOFError(f"An event of {n} bytes")
        return await super().readexactly(n)


class SatelliteWire:
    """One TCP connection that speaks Wyoming and never raises what was sent.

    The library's own client does not show its streams, which can be aborted.
    """

    def __init__(self, host: str, port: int) -> None:
        """Prepare a connection."""
        self.host = host
        self.port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        """Connect within 5 s; raise `OSError` where that fails."""
        loop = asyncio.get_running_loop()
        reader = BoundedReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            transport, _ = await loop.create_connection(
                lambda: protocol, self.host, self.port
            )
        self._reader = reader
        self._writer = asyncio.StreamWriter(transport, protocol, reader, loop)

    async def receive(self) -> Event | None:
        """Return the next event that can be read, or None after the last.

        Garbage is skipped. Where too much of it comes in a row the two sides
        no longer agree on where messages begin: only a new connection helps.
        """
        for _ in range(_GARBAGE_LIMIT):
            if self._reader is None:
                return None
            try:
                event = await async_read_event(self._reader)
            except OSError, EOFError:
                return None
            except AttributeError, LookupError, TypeError, RecursionError:
                continue
            if event is not None and _is_well_formed(event):
                return event
            if self._reader is None or self._reader.at_eof():
                return None
        return None

    async def send(self, event: Event) -> bool:
        """Send an event in one piece; False where the connection is gone.

        The library writes its parts one by one, each a system call and a packet.
        """
        if self._writer is None:
            return False
        try:
            self._writer.write(encode(event))
            await self._writer.drain()
        except OSError:
            return False
        return True

    def abort(self) -> None:
        """Give the connection up at once; `receive` then returns None."""
        if self._writer is not None:
            self._writer.transport.abort()

    async def hang_up(self) -> None:
        """Close the connection after what was sent; never raises."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is None:
            return
        writer.close()
        try:
            async with asyncio.timeout(_HANG_UP_TIMEOUT_S):
                await writer.wait_closed()
        except OSError:
            pass
        finally:
            # A peer that does not read would keep the socket open for ever.
            writer.transport.abort()


def encode(event: Event) -> bytes:
    """Return an event as it is on the wire: a line of JSON, its data, its payload."""
    head: dict[str, Any] = {"type": event.type, "version": _VERSION}
    data = orjson.dumps(event.data) if event.data else b""
    payload = event.payload or b""
    if data:
        head["data_length"] = len(data)
    if payload:
        head["payload_length"] = len(payload)
    return b"".join((orjson.dumps(head), b"\n", data, payload))


def _is_well_formed(event: Event) -> bool:
    """Tell whether type and data are what their annotations promise."""
    kind: Any = event.type
    data: Any = event.data
    return isinstance(kind, str) and isinstance(data, dict)
