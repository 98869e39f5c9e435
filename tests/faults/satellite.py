"""A satellite on the porch that can be told to misbehave."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import override

from wyoming.audio import AudioChunk
from wyoming.event import Event, async_write_event
from wyoming.ping import Ping

from custom_components.realtime_pumpkin.audio.formats import AudioFormat
from tests.audio.signals import tone
from tests.links.satellite import FakeSatellite
from tests.links.virtual_time import now

FRAME_MS = 60
FLOOD_CHUNKS = 2000
"""Two minutes of sound at once."""


def _flowing() -> asyncio.Event:
    """Return an event that has happened."""
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class PorchSatellite(FakeSatellite):
    """Hear the visitor, and play what comes; misbehave when told to."""

    is_spoken_to: bool = False
    """The visitor speaks just now."""

    width: int = 2
    """Bytes of a sample; what is not 2 is a format that nobody agreed on."""

    _is_on: bool = False
    flows: asyncio.Event = field(default_factory=_flowing)
    """It sends and reads; else it hangs, with its connection open."""

    @override
    async def start(self) -> None:
        """Be there, as after a start of its own."""
        if not self._is_on:
            self._is_on, self._format = True, None
            await super().start()

    @override
    async def stop(self) -> None:
        """Vanish as if unplugged."""
        if self._is_on:
            self._is_on = False
            await super().stop()

    @override
    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve a connection; what was begun on it is over with it."""
        await super()._serve(reader, writer)
        if self._owner is None:
            self._format = None

    @override
    async def _obey(self, event: Event, writer: asyncio.StreamWriter) -> None:
        """Hang, or do what is asked for."""
        await self.flows.wait()
        await super()._obey(event, writer)

    @override
    async def _listen(self, writer: asyncio.StreamWriter) -> None:
        """Send what is heard in frames of 60 ms."""
        size = AudioFormat(self.microphone.rate).bytes_of(FRAME_MS)
        speech, silence = tone(self.microphone.rate, FRAME_MS), bytes(size)
        begin = now()
        with contextlib.suppress(ConnectionError):
            while not self.is_paused and self._owner is writer:
                await self.flows.wait()
                pcm = speech if self.is_spoken_to else silence
                await async_write_event(self._chunk(pcm), writer)
                begin = max(begin + FRAME_MS / 1000, now() - 1)
                await asyncio.sleep(max(0, begin - now()))

    @override
    def _chunk(self, pcm: bytes) -> Event:
        """Return a chunk, in whatever format it is."""
        microphone = self.microphone
        return AudioChunk(microphone.rate, self.width, microphone.channels, pcm).event()

    def let_go(self) -> None:
        """Hang up on the server that holds it."""
        if self._owner is not None:
            self._owner.transport.abort()
            self._owner = self._format = None

    async def flood(self) -> None:
        """Send two minutes of sound at once, and what nobody asked for."""
        size = AudioFormat(self.microphone.rate).bytes_of(FRAME_MS)
        for _ in range(FLOOD_CHUNKS):
            with contextlib.suppress(ConnectionError, AssertionError):
                await self.send(self._chunk(bytes(size)))
                await self.send(Ping("?").event())
                await self.send(Event("unheard-of", {"so": "what"}))
