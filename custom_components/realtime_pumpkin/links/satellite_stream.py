"""What a satellite hears during one run of a voice's pipeline."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Final

from ..audio.formats import AudioFormat
from .frames import FrameDecoder, FrameQueue

PIPELINE_FORMAT: Final = AudioFormat(16_000)
"""What pipelines hand to speech-to-text: PCM s16le mono 16 kHz."""


class SatelliteStream:
    """Carry the sound of one run to one conversation.

    The pipeline's side reads, whoever holds the conversation takes frames. Each
    run has an object of its own: the end of an old run cannot end a new one.
    """

    def __init__(self, satellite: str) -> None:
        """Begin a run of the satellite (its entity id)."""
        self.satellite = satellite
        self.is_taken = False
        """Whether a conversation listens; nobody else may then."""
        self._decoder = FrameDecoder()
        self._frames = FrameQueue()
        self._news = asyncio.Event()
        self._scope = asyncio.timeout(None)
        self._is_reading = False
        self._has_sound = False
        self._is_over = False

    @property
    def dropped(self) -> int:
        """Return how many frames were lost because nobody took them in time."""
        return self._frames.dropped

    @property
    def is_over(self) -> bool:
        """Tell whether the run has ended, from whichever side."""
        return self._is_over

    async def async_read(self, chunks: AsyncIterable[bytes]) -> None:
        """Take PCM s16le mono 16 kHz until the run ends, or is closed by us."""
        if self._is_over:
            return
        self._is_reading = True
        try:
            async with self._scope:
                async for chunk in chunks:
                    self._keep(chunk)
        except TimeoutError:
            if not self._scope.expired():
                raise
        finally:
            self._is_reading = False
            self._end()

    def close(self) -> None:
        """Let the run end: the pipeline goes on, and the satellite gets idle."""
        self._end()
        if self._is_reading and not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def async_wait_for_sound(self, seconds: float) -> bool:
        """Wait for the first sound; False where none comes."""
        try:
            async with asyncio.timeout(seconds):
                while not self._has_sound and not self._is_over:
                    await self._wait()
        except TimeoutError:
            pass
        return self._has_sound

    async def frames(self, stalled_after: float) -> AsyncIterator[bytes]:
        """Yield PCM s16le mono 24 kHz in frames of 20 to 100 ms.

        Ends with the run. Raises `TimeoutError` after that many seconds in which
        nothing came: muted satellites just stop to send.
        """
        while True:
            while self._frames:
                yield self._frames.take()
            if self._is_over:
                return
            async with asyncio.timeout(stalled_after):
                await self._wait()

    async def _wait(self) -> None:
        """Wait for sound or for the end."""
        self._news.clear()
        await self._news.wait()

    def _keep(self, chunk: bytes) -> None:
        """Keep a chunk, at most five seconds of them."""
        self._has_sound = True
        for frame in self._decoder.push(PIPELINE_FORMAT, chunk):
            self._frames.put(frame)
        self._news.set()

    def _end(self) -> None:
        """Say that nothing comes any more."""
        self._is_over = True
        self._news.set()
