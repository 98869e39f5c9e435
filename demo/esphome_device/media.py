"""Fetch an address over HTTP and decode what comes while it comes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
import contextlib
from contextlib import aclosing
import queue
import threading
from typing import Any, cast

from aiohttp import ClientError, ClientSession
import av
from av.audio.resampler import AudioResampler

_READ = 4096
_INPUT_CHUNKS = 64
_OUTPUT_CHUNKS = 4
# As little as possible is read before the first sound: firmware does not look ahead.
_OPTIONS = {"probesize": "32", "analyzeduration": "0"}
_KINDS = {
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/vnd.wave": "wav",
}


class MediaError(Exception):
    """An address cannot be played; says why."""


async def play(session: ClientSession, url: str, rate: int) -> AsyncGenerator[bytes]:
    """Yield PCM s16le mono at a rate in Hz; raise `MediaError` where it cannot be."""
    try:
        async with session.get(url) as response:
            if response.status != 200:
                raise MediaError(f"{response.status} {response.reason}")
            kind = _kind(url, response.content_type)
            chunks = response.content.iter_any()
            async with aclosing(_decoded(chunks, kind, rate)) as sound:
                async for pcm in sound:
                    yield pcm
    except (ClientError, TimeoutError, av.FFmpegError) as err:
        raise MediaError(f"{type(err).__name__}: {err}") from err


def _kind(url: str, content_type: str) -> str:
    """Return the format by content type, else by the ending of the address."""
    if kind := _KINDS.get(content_type):
        return kind
    ending = url.partition("?")[0].rpartition(".")[2].lower()
    if ending in _KINDS.values():
        return ending
    raise MediaError(f"{content_type or 'nothing'} is no format that it plays")


async def _decoded(
    chunks: AsyncIterator[bytes], kind: str, rate: int
) -> AsyncGenerator[bytes]:
    """Decode in a thread what comes here."""
    decoder = _Decoder(kind, rate)
    feeding = asyncio.create_task(decoder.feed(chunks), name="feed decoder")
    try:
        while (pcm := await decoder.next()) is not None:
            yield pcm
        decoder.check()
    finally:
        feeding.cancel()
        with contextlib.suppress(asyncio.CancelledError, ClientError):
            await feeding
        await decoder.close()


class _Decoder:
    """A thread between a queue of bytes and a queue of samples, both bounded."""

    def __init__(self, kind: str, rate: int) -> None:
        """Start to decode."""
        self._kind = kind
        self._rate = rate
        self._loop = asyncio.get_running_loop()
        self._input: queue.Queue[bytes] = queue.Queue(_INPUT_CHUNKS)
        self._room = asyncio.Event()
        self._output: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._slots = threading.Semaphore(_OUTPUT_CHUNKS)
        self._unread = b""
        self._at_end = False
        self._closed = False
        self._error: Exception | None = None
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="decoder", daemon=True)
        self._thread.start()

    async def feed(self, chunks: AsyncIterator[bytes]) -> None:
        """Take bytes as they come, no faster than they are decoded."""
        async for chunk in chunks:
            await self._put(chunk)
        await self._put(b"")

    async def _put(self, chunk: bytes) -> None:
        """Queue a chunk as soon as there is room."""
        while True:
            self._room.clear()
            try:
                self._input.put_nowait(chunk)
            except queue.Full:
                await self._room.wait()
            else:
                return

    async def next(self) -> bytes | None:
        """Return the next samples, None at the end."""
        pcm = await self._output.get()
        self._slots.release()
        return pcm

    def check(self) -> None:
        """Raise what went wrong in the thread."""
        if self._error:
            raise MediaError(f"It cannot be decoded: {self._error}") from self._error

    async def close(self) -> None:
        """End the thread."""
        self._closed = True
        with contextlib.suppress(queue.Full):
            self._input.put_nowait(b"")
        self._slots.release()
        await self._ended.wait()
        self._thread.join()

    def read(self, size: int) -> bytes:
        """Return up to so many bytes to the library, as soon as there are any."""
        while not self._unread:
            if self._closed or self._at_end:
                return b""
            chunk = self._input.get()
            self._loop.call_soon_threadsafe(self._room.set)
            # The library asks again after the end.
            self._at_end = not chunk
            self._unread = chunk
        data, self._unread = self._unread[:size], self._unread[size:]
        return data

    def _run(self) -> None:
        """Decode until the end or until closed."""
        try:
            self._decode()
        except Exception as err:  # noqa: BLE001 - told to whoever plays
            self._error = err
        self._loop.call_soon_threadsafe(self._output.put_nowait, None)
        self._loop.call_soon_threadsafe(self._ended.set)

    def _decode(self) -> None:
        """Give every decoded frame to the event loop."""
        resampler = AudioResampler(format="s16", layout="mono", rate=self._rate)
        with av.open(
            cast("Any", self), format=self._kind, buffer_size=_READ, options=_OPTIONS
        ) as container:
            for frame in container.decode(audio=0):
                for sound in resampler.resample(frame):
                    if not self._give(sound.to_ndarray().tobytes()):
                        return

    def _give(self, pcm: bytes) -> bool:
        """Wait for room and give samples; False where nobody wants them any more."""
        self._slots.acquire()
        if self._closed:
            return False
        self._loop.call_soon_threadsafe(self._output.put_nowait, pcm)
        return True
