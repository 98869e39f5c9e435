"""This integration's session: transport, turn taking and bookkeeping, no device."""

import asyncio
from functools import cache, partial
from ssl import create_default_context

from openai import AsyncOpenAI

from benchmarks.contenders.job import Sink, main
from custom_components.realtime_pumpkin.client import RealtimeAccount
from custom_components.realtime_pumpkin.realtime.config import Behaviour, SessionConfig
from custom_components.realtime_pumpkin.realtime.events import (
    ConversationUpdate,
    Phase,
    ToolCalled,
)
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession


@cache
def account_at(url: str) -> RealtimeAccount:
    """Return the account that all conversations share, as the voices of an entry do."""
    base = "http" + url.removeprefix("ws").split("/realtime", maxsplit=1)[0]
    client = AsyncOpenAI(api_key="bench", base_url=base)
    return RealtimeAccount(client, create_default_context(), {})


class Speaker:
    """Give what is to be played to a sink, which has heard it at once."""

    session: RealtimeSession

    def __init__(self, sink: Sink) -> None:
        """Play into a sink."""
        self.write = sink
        self._utterance = ""

    def begin(self, utterance: str) -> None:
        """Start an utterance, which is heard from now on."""
        self._utterance = utterance
        asyncio.get_running_loop().call_soon(self.session.audio_started, utterance)

    def finish(self) -> None:
        """End an utterance, of which all was heard."""
        asyncio.get_running_loop().call_soon(
            self.session.audio_finished, self._utterance, 0
        )

    def clear(self) -> int:
        """Forget nothing: all was heard."""
        return 0


class Observer:
    """Somebody who is told everything and keeps nothing."""

    def conversation_updated(self, update: ConversationUpdate) -> None:
        """Hear of one thing that happened."""

    def phase_changed(self, phase: Phase) -> None:
        """Hear what the voice is doing."""

    def tool_called(self, call: ToolCalled) -> None:
        """Run no tool."""


class Pumpkin:
    """A conversation without devices."""

    _session: RealtimeSession
    _running: asyncio.Task[str]

    def __init__(self, sink: Sink) -> None:
        """Give answers to a sink."""
        self._sink = sink

    async def open(self, url: str) -> None:
        """Open the session and hold it."""
        speaker = Speaker(self._sink)
        self._session = RealtimeSession(
            SessionConfig("You are a jack-o'-lantern.", "echo", "gpt-transcribe"),
            Behaviour(opening="", idle_timeout=3600, max_duration=3600),
            connect=partial(account_at(url).async_connect, "gpt-realtime"),
            speaker=speaker,
            observer=Observer(),
        )
        speaker.session = self._session
        await self._session.open()
        self._running = asyncio.create_task(self._session.run())

    async def hear(self, pcm: bytes) -> None:
        """Send a frame."""
        self._session.hear(pcm)

    async def close(self) -> None:
        """Hang up."""
        self._session.stop("done", goodbye=False)
        await self._running
        await self._session.close()


if __name__ == "__main__":
    main(Pumpkin)
