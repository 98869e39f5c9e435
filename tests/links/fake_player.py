"""A media player that fetches what it is told to play, for tests of the link to one."""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib
from dataclasses import dataclass, field
import re
from typing import Any, cast

from custom_components.realtime_pumpkin.links.media_player import MediaPlayerSpeaker
from custom_components.realtime_pumpkin.links.player import MediaPlayer
from custom_components.realtime_pumpkin.links.stream_view import AudioStreams
from tests.links.listener import Listener
from tests.links.test_stream import Reader
from tests.links.virtual_time import now, spawn

URL = re.compile(
    r"http://ha\.test:8123/api/realtime_pumpkin/audio/([\w-]{22})\.mp3\?v=1"
)


LATENCY_MS = 300


@dataclass
class FakePlayer:
    """Fetch what it is told to, as media players do or as they should not."""

    streams: AudioStreams
    fetch_delay: float = 0.05
    probes: int = 0
    stops_by_command: bool = True
    is_taken: bool = False
    error: Exception | None = None
    is_deaf: bool = False
    blocks: bool = False
    entity_id: str = "media_player.porch"
    calls: list[tuple[float, str]] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    fetched_at: list[float] = field(default_factory=list)

    def watch(self, on_taken: Callable[[bool], None]) -> Callable[[], None]:
        """Have nobody else who announces here."""
        return lambda: None

    async def async_free(self) -> None:
        """Be free."""

    def open(self) -> str:
        """Return where Home Assistant is."""
        return "http://ha.test:8123"

    async def async_play(self, url: str) -> None:
        """Take an address and fetch it a little later."""
        self.calls.append((now(), url))
        if self.error is not None:
            raise type(self.error)(f"{self.error} {url}")
        for reader in self.readers:
            await reader.hang_up()
        if not self.is_deaf:
            await asyncio.sleep(self.fetch_delay)
            await self._fetch(url)
        if self.blocks:
            await asyncio.sleep(600)

    async def async_stop(self) -> None:
        """Stop what is playing."""
        self.calls.append((now(), "stop"))

    @property
    def urls(self) -> list[str]:
        """Return the addresses that it was told to play."""
        return [url for _, url in self.calls if url != "stop"]

    async def _fetch(self, url: str) -> None:
        """Open the address several times and stay with the last."""
        match = URL.fullmatch(url)
        assert match, url
        stream = self.streams.find(match[1])
        if stream is None:
            return
        for _ in range(self.probes):
            probe = Reader(stream.fetch(lambda: None))
            await asyncio.sleep(0.01)
            await probe.hang_up()
        self.fetched_at.append(now())
        self.readers.append(Reader(stream.fetch(lambda: None)))


@contextlib.asynccontextmanager
async def speaking(
    make: type[FakePlayer] = FakePlayer, **options: Any
) -> AsyncIterator[tuple[FakePlayer, MediaPlayerSpeaker, Listener]]:
    """Have an open speaker for a while; nothing of it may be left."""
    streams = AudioStreams()
    player = make(streams, **options)
    speaker = MediaPlayerSpeaker(
        cast("MediaPlayer", player),
        streams,
        spawn=spawn,
        clock=now,
        latency_ms=LATENCY_MS,
    )
    listener = Listener()
    await speaker.open(listener)
    try:
        yield player, speaker, listener
    finally:
        await speaker.close()
        for reader in player.readers:
            await reader.hang_up()
        assert len(streams) == 0
