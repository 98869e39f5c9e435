"""The local server, whose connections break, and stall, when they are told to."""

from typing import override

from websockets.asyncio.server import ServerConnection

from custom_components.realtime_pumpkin.rehearsal import ServerOptions
from demo.realtime_server.ears import Ears
from demo.realtime_server.server import RealtimeServer
from demo.realtime_server.settings import BrainFactory, ServerSettings
from demo.realtime_server.voices import Voices


class FragileServer(RealtimeServer):
    """The local server, whose connections break when they are told to."""

    def __init__(self, brain: BrainFactory) -> None:
        """Answer by brains, each for one session; its voice is a tone."""
        settings = ServerSettings(options=ServerOptions(pace=1000.0), seed="soak")
        super().__init__(settings, brain, Ears(), Voices())
        self._sockets: set[ServerConnection] = set()
        self.is_down = False
        self.sessions = 0

    def cut(self) -> None:
        """Break every connection without a word."""
        for socket in tuple(self._sockets):
            socket.transport.abort()

    def stall(self) -> None:
        """Read nothing more of what comes, as a network that died."""
        for socket in self._sockets:
            socket.transport.pause_reading()

    @override
    async def _visit(self, websocket: ServerConnection) -> None:
        """Hold a session, unless the server is down."""
        if self.is_down:
            websocket.transport.abort()
            return
        self.sessions += 1
        self._sockets.add(websocket)
        try:
            await super()._visit(websocket)
        finally:
            self._sockets.discard(websocket)
