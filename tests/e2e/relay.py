"""A wire between two programs that tells what passed on it, and when."""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import time

_READ = 65536

type Watch = Callable[[bytes], bool]
"""Tell of what a program sent whether sound begins with it."""


@dataclass(slots=True)
class Relay:
    """What is known of the wire; times are seconds since the epoch."""

    port: int
    began_at: list[float] = field(default_factory=list)
    """When sound began to pass."""


@asynccontextmanager
async def relay(
    to_port: int, *, back: bool, watch: Callable[[], Watch]
) -> AsyncIterator[Relay]:
    """Lead a new port of this machine to another one.

    What is watched goes to `to_port`, or comes back from it.
    """
    wire = Relay(0)
    open_now: set[asyncio.Task[None]] = set()

    async def carry(
        source: asyncio.StreamReader, target: asyncio.StreamWriter, see: Watch
    ) -> None:
        """Pass on all that one side says."""
        with contextlib.suppress(ConnectionError):
            while data := await source.read(_READ):
                if see(data):
                    wire.began_at.append(time.time())
                target.write(data)
                await target.drain()
        target.close()

    async def join(near: asyncio.StreamReader, back_out: asyncio.StreamWriter) -> None:
        """Join a connection to one of our own."""
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        task.add_done_callback(open_now.discard)
        try:
            far, out = await asyncio.open_connection("127.0.0.1", to_port)
        except ConnectionError:
            back_out.close()
            return
        nothing: Watch = lambda _: False  # noqa: E731
        there, here = (nothing, watch()) if back else (watch(), nothing)
        await asyncio.gather(carry(near, out, there), carry(far, back_out, here))

    server = await asyncio.start_server(join, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for task in tuple(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


def wyoming_sound() -> Watch:
    """Return what sees the first chunk after each `audio-start`."""
    started = False

    def see(data: bytes) -> bool:
        nonlocal started
        started = started or b'"audio-start"' in data
        if started and b'"audio-chunk"' in data:
            started = False
            return True
        return False

    return see


def http_sound() -> Watch:
    """Return what sees the first bytes of each answer's body."""
    head = b""
    in_head = False

    def see(data: bytes) -> bool:
        nonlocal head, in_head
        if b"HTTP/1.1 " in data:
            in_head, head = True, b""
        if not in_head:
            return False
        head += data
        _, end, body = head.partition(b"\r\n\r\n")
        if end and body:
            in_head = False
            return b"audio/mpeg" in head
        return False

    return see
