"""A wire between Home Assistant and the Realtime server that notes what passes when."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
import time
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

_DELTA = "response.output_audio.delta"
_APPEND = "input_audio_buffer.append"


@dataclass(frozen=True, slots=True)
class Passed:
    """Sound that passed, and when, in ms of the wall clock."""

    at_ms: float
    pcm: bytes


@dataclass
class Tap:
    """What passed in both directions."""

    target: str
    url: str = ""
    appends: list[Passed] = field(default_factory=list)
    deltas: list[Passed] = field(default_factory=list)
    commits: list[float] = field(default_factory=list)
    """When the service had taken a turn, in ms of the wall clock."""

    creates: list[float] = field(default_factory=list)
    """When it was asked to answer."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Join a websocket to the server's."""
        near = web.WebSocketResponse(max_msg_size=0)
        await near.prepare(request)
        kept = ("Authorization", "OpenAI-Beta")
        headers = {k: v for k, v in request.headers.items() if k in kept}
        address = f"{self.target}{request.rel_url}"
        async with (
            ClientSession() as session,
            session.ws_connect(address, headers=headers, max_msg_size=0) as far,
        ):
            up = asyncio.create_task(self._carry(near, far))
            down = asyncio.create_task(self._carry(far, near))
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
        await near.close()
        return near

    async def _carry(
        self,
        source: ClientWebSocketResponse | web.WebSocketResponse,
        target: ClientWebSocketResponse | web.WebSocketResponse,
    ) -> None:
        """Pass messages on in one direction."""
        async for message in source:
            if message.type is WSMsgType.TEXT:
                self._note(json.loads(message.data))
                await target.send_str(message.data)

    def _note(self, event: dict[str, Any]) -> None:
        """Note sound."""
        now = time.time() * 1000
        if event["type"] == _APPEND:
            self.appends.append(Passed(now, b64decode(event["audio"])))
        elif event["type"] == _DELTA:
            self.deltas.append(Passed(now, b64decode(event["delta"])))
        elif event["type"] == "input_audio_buffer.committed":
            self.commits.append(now)
        elif event["type"] == "response.create":
            self.creates.append(now)


@asynccontextmanager
async def tap(base_url: str) -> AsyncIterator[Tap]:
    """Listen in front of a server at `http://…/v1`."""
    wire = Tap(base_url.removesuffix("/v1"))
    app = web.Application()
    app.router.add_get("/{path:.*}", wire.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    wire.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield wire
    finally:
        await runner.cleanup()
