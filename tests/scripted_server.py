"""The project's own Realtime server on loopback, with a scripted brain."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from custom_components.realtime_pumpkin.rehearsal import (
    Reply,
    ScriptedBrain,
    ServerOptions,
)
from demo.realtime_server.ears import Ears
from demo.realtime_server.server import RealtimeServer
from demo.realtime_server.settings import ServerSettings
from demo.realtime_server.voices import Voices


class LocalServer:
    """One brain for all sessions, so that a reconnection goes on with its script."""

    def __init__(
        self,
        replies: Sequence[Reply],
        heard: Sequence[str] = (),
        options: ServerOptions | None = None,
        *,
        by_http: bool = False,
    ) -> None:
        """Prepare what the server says and hears; tones stand for speech.

        `by_http`: a key that is not the one of the options is refused with 401.
        """
        self.brain = ScriptedBrain(replies, heard=heard)
        self.url = ""
        self.port = 0
        self.sessions = 0
        self._options = options or ServerOptions(pace=1000.0)
        self._by_http = by_http

    def _begin(self) -> ScriptedBrain:
        """Count a session and give it the brain."""
        self.sessions += 1
        return self.brain

    @asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[LocalServer]:
        """Serve on a port of 127.0.0.1 (0: a free one)."""
        server = RealtimeServer(
            ServerSettings(
                options=self._options, seed="tests", refuse_by_http=self._by_http
            ),
            self._begin,
            Ears(),
            Voices(),
        )
        async with server.listening("127.0.0.1", port) as self.port:
            self.url = f"http://127.0.0.1:{self.port}/v1"
            yield self
