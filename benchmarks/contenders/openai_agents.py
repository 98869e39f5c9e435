"""openai-agents: its `RealtimeSession`."""

import asyncio

from agents import set_tracing_disabled
from agents.realtime import RealtimeAgent, RealtimeRunner, RealtimeSession

from benchmarks.contenders.job import Sink, main


class Agents:
    """Send audio to a session, read its events."""

    _session: RealtimeSession
    _reader: asyncio.Task[None]

    def __init__(self, sink: Sink) -> None:
        """Give answers to a sink."""
        self._sink = sink

    async def open(self, url: str) -> None:
        """Connect."""
        agent = RealtimeAgent(name="pumpkin", instructions="You are a jack-o'-lantern.")
        runner = RealtimeRunner(agent)
        self._session = await runner.run(model_config={"url": url, "api_key": "bench"})
        await self._session.enter()
        self._reader = asyncio.create_task(self._read())

    async def hear(self, pcm: bytes) -> None:
        """Send a frame."""
        await self._session.send_audio(pcm)

    async def _read(self) -> None:
        """Read until the end."""
        async for event in self._session:
            if event.type == "audio":
                self._sink(event.audio.data)

    async def close(self) -> None:
        """Hang up."""
        self._reader.cancel()
        await self._session.close()


if __name__ == "__main__":
    set_tracing_disabled(True)
    main(Agents)
