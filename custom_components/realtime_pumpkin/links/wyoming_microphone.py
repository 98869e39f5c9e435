"""The microphone of a Wyoming satellite."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, override

from wyoming.event import Event

from ..audio.formats import AudioFormat
from ..const import LOGGER
from .errors import LinkError
from .frames import FrameDecoder, FrameQueue
from .protocols import LinkCapabilities
from .wyoming import SatelliteEnd, WyomingSatellite
from .wyoming_handshake import chunk_format

CAPABILITIES: Final = LinkCapabilities(
    full_duplex=True, echo_cancelled=False, remote_start=True, stop_latency_ms=0
)
_LONGEST_TOLD: Final = 200


class SatelliteMicrophone(SatelliteEnd):
    """An `AudioSource` that streams what a satellite hears."""

    def __init__(self, satellite: WyomingSatellite) -> None:
        """Listen through the satellite's connection."""
        self._satellite = satellite
        self._frames = FrameQueue()
        self._news = asyncio.Event()
        self._decoder = _ChunkDecoder()
        self._is_open = False
        self._error: LinkError | None = None

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what an always streaming satellite can do."""
        return CAPABILITIES

    @property
    def dropped(self) -> int:
        """Return how many frames were lost because nobody took them in time."""
        return self._frames.dropped

    async def open(self) -> None:
        """Start the microphone; raise `LinkError` where it cannot be had."""
        if self._is_open:
            return
        self._frames = FrameQueue()
        self._error = None
        await self._satellite.attach(self)
        self._is_open = True

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield PCM s16le mono 24 kHz in frames of 20 to 100 ms.

        Every frame is a whole multiple of 20 ms and leaves as soon as it is
        complete. Raises `LinkError` when the satellite is lost for good; ends
        when the microphone is closed.
        """
        while self._is_open:
            while self._frames:
                yield self._frames.take()
            if self._error is not None:
                raise self._error
            self._news.clear()
            await self._news.wait()

    async def close(self) -> None:
        """Stop the microphone; never raises."""
        self._is_open = False
        self._news.set()
        await self._satellite.detach(self)

    @override
    def connected(self, speaker: AudioFormat | None) -> None:
        """Start a new stream: the sound before the gap has no bearing on it."""
        self._decoder = _ChunkDecoder()

    @override
    def chunk_came(self, event: Event) -> None:
        """Keep what the satellite heard, at most five seconds of it."""
        for frame in self._decoder.decode(event):
            self._frames.put(frame)
        self._news.set()

    @override
    def lost(self, error: LinkError) -> None:
        """End the frames with an error."""
        self._error = error
        self._news.set()


class _ChunkDecoder:
    """Turn the chunks of one connection into frames of PCM mono 24 kHz."""

    def __init__(self) -> None:
        """Start before the first chunk."""
        self._decoder = FrameDecoder()
        self._has_warned = False

    def decode(self, event: Event) -> list[bytes]:
        """Return the frames that a chunk completes; a bad chunk gives none."""
        source = chunk_format(event)
        if source is None:
            self._warn(event)
            return []
        return self._decoder.push(source, event.payload or b"")

    def _warn(self, event: Event) -> None:
        """Say once that the satellite's sound is of a kind we cannot read."""
        if not self._has_warned:
            self._has_warned = True
            told = str(event.data)[:_LONGEST_TOLD]
            LOGGER.warning("Satellite sends sound that is not 16 bit: %s", told)
