"""One client's connection to the device."""

import asyncio
from collections.abc import Callable
from typing import cast, override

from .frames import Decoder, FrameError, Message, encode

type Take = Callable[["Connection", Message], None]
type Leave = Callable[["Connection"], None]


class Connection(asyncio.Protocol):
    """Frames in, frames out."""

    def __init__(self, take: Take, enter: Leave, leave: Leave) -> None:
        """Give every message to `take`; tell when the client comes and goes."""
        self.wants_states = False
        self._take = take
        self._enter = enter
        self._leave = leave
        self._decoder = Decoder()
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Welcome a client."""
        self._transport = cast("asyncio.Transport", transport)
        self._enter(self)

    @override
    def data_received(self, data: bytes) -> None:
        """Read messages; a client that speaks another protocol is dropped."""
        try:
            for message in self._decoder.feed(data):
                self._take(self, message)
        except FrameError:
            self.abort()
            raise

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Notice that the client has gone."""
        self._transport = None
        self._leave(self)

    def send(self, message: Message) -> None:
        """Send a message, where the client is still there."""
        if self._transport:
            self._transport.write(encode(message))

    def close(self) -> None:
        """Say no more; what was said is still sent."""
        if self._transport:
            self._transport.close()

    def abort(self) -> None:
        """Be gone at once, as without power."""
        if self._transport:
            self._transport.abort()
