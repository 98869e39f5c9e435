"""A server on loopback, in the test's own event loop."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from custom_components.realtime_pumpkin.rehearsal import Brain, ServerOptions
from demo.realtime_server.ears import Ears
from demo.realtime_server.server import RealtimeServer
from demo.realtime_server.settings import ServerSettings
from demo.realtime_server.voices import Voices

type Serve = Callable[..., AbstractAsyncContextManager[int]]


@pytest.fixture
def serve(socket_enabled: None, tmp_path: Any) -> Serve:
    """Return what serves a brain and gives the port."""

    @asynccontextmanager
    async def serving(
        brain: Brain | None = None,
        options: ServerOptions | None = None,
        *,
        ears: Ears | None = None,
        **settings: Any,
    ) -> AsyncIterator[int]:
        """Serve on a free port; by default ears and voices are the core's own."""
        server = RealtimeServer(
            ServerSettings(options=options or ServerOptions(), **settings),
            lambda: brain,  # type: ignore[arg-type, return-value]
            ears or Ears(),
            Voices(tmp_path),
        )
        async with server.listening("127.0.0.1", 0) as port:
            yield port

    return serving
