"""A session that is opened and configured before anybody rings."""

import asyncio
import contextlib

from .config import SessionConfig
from .connection import Connect, RealtimeConnection
from .errors import ConnectionLost


class Preparation:
    """Keep one configured socket for the next conversation, for a while.

    The conversation configures it again with what it really wants to be, but
    need not wait for that. A socket that is lost meanwhile is let go, whatever it
    was closed for: that says nothing of the conversation to come.
    """

    def __init__(self, connect: Connect) -> None:
        """Prepare with sockets of `connect`."""
        self._connect = connect
        self._kept: RealtimeConnection | None = None
        self._expiry: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Tell whether a socket is kept."""
        return self._kept is not None

    async def prepare(self, config: SessionConfig, seconds: float) -> None:
        """Open and configure a socket and keep it for so long.

        One that is kept already is replaced. Raises `RealtimeError`.
        """
        await self.close()
        connection = await self._connect()
        try:
            await connection.expect_session()
            await connection.configure(config.as_dict())
        except BaseException:
            await connection.close()
            raise
        self._kept = connection
        self._expiry = asyncio.create_task(self._watch(connection, seconds))

    async def take(self) -> RealtimeConnection:
        """Return the socket that is kept, else a new one; raise `RealtimeError`."""
        if self._expiry is not None:
            self._expiry.cancel()
            # Two may not read one socket.
            await asyncio.wait([self._expiry])
        connection, self._kept, self._expiry = self._kept, None, None
        return connection or await self._connect()

    async def close(self) -> None:
        """Close what is kept."""
        if self._kept is not None:
            connection = await self.take()
            await connection.close()

    async def _watch(self, connection: RealtimeConnection, seconds: float) -> None:
        """Close a socket that nobody used, or that was lost."""
        with contextlib.suppress(TimeoutError, ConnectionLost):
            async with asyncio.timeout(seconds):
                while True:
                    await connection.recv()  # Nothing that matters to a conversation.
        self._kept = self._expiry = None
        await connection.close()
