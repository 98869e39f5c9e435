"""The websocket of a session: websockets' own, which tells no log and goes nowhere else."""

import logging
from typing import Any, Final, override

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.protocol import State

_REDIRECTS: Final = range(300, 400)


class WireLogger(logging.LoggerAdapter[logging.Logger]):
    """What websockets may log: at debug level it writes the key and audio."""

    @override
    def isEnabledFor(self, level: int) -> bool:
        """Keep debug off, whatever the user turned on."""
        return level > logging.DEBUG and super().isEnabledFor(level)


class WebSocket(ClientConnection):
    """A connection that is sent nowhere else: websockets would take the key along."""

    @override
    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        """Shake hands; raise `InvalidHandshake` where the server points elsewhere."""
        try:
            await super().handshake(*args, **kwargs)
        except InvalidStatus as err:
            if err.response.status_code not in _REDIRECTS:
                raise
            place = err.response.headers.get("Location", "nowhere")
            raise InvalidHandshake(f"The server redirects to {place}") from err

    async def recv_bytes(self) -> bytes:
        """Return the next frame; raise `ConnectionClosed` once it is over."""
        return await self.recv(decode=False)

    async def send_text(self, data: bytes) -> None:
        """Send UTF-8 as a text frame; raise `ConnectionClosed` once it is over."""
        await self.send(data, text=True)

    def send_now(self, data: bytes) -> bool:
        """Send UTF-8 as a text frame at once; False where it would have to wait.

        It does not where the connection is closed or the network takes less than it
        is given. What `send` does beyond this is for whoever has to wait.
        """
        is_open = self.protocol.state is State.OPEN
        if not is_open or self.transport.get_write_buffer_size():
            return False
        self.protocol.send_text(data)
        self.send_data()
        return True
