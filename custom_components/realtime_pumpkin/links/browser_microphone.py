"""The microphone of a browser's tab."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, override

from ..audio.formats import PCM_24K, AudioFormat
from ..audio.resample import Resampler
from ..const import LOGGER
from .browser import BrowserEnd, BrowserPort, BrowserTab
from .errors import (
    BrowserAbsent,
    BrowserMicrophoneRefused,
    BrowserMicrophoneSilent,
    LinkError,
)
from .frames import FrameQueue, new_framer
from .protocols import LinkCapabilities

# A person may have to allow the microphone first.
OPEN_TIMEOUT_S: Final = 20.0
RATES: Final = range(8_000, 192_001)


class BrowserMicrophone(BrowserEnd):
    """An `AudioSource` in the tab that stands in for the voice's devices."""

    def __init__(self, port: BrowserPort, *, hears_own_speaker_only: bool) -> None:
        """Listen through the port; the browser cancels its own speaker only."""
        self._port = port
        self._hears_own_speaker_only = hears_own_speaker_only
        self._opened: asyncio.Future[None] | None = None
        self._resampler = Resampler(PCM_24K, PCM_24K)
        self._framer = new_framer()
        self._frames = FrameQueue()
        self._news = asyncio.Event()
        self._is_open = False
        self._error: LinkError | None = None

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what the browser's microphone can do."""
        tab = self._port.tab
        cancelled = tab is not None and tab.echo_cancelled
        return LinkCapabilities(
            full_duplex=True,
            echo_cancelled=cancelled and self._hears_own_speaker_only,
            remote_start=True,
            stop_latency_ms=0,
        )

    async def open(self) -> None:
        """Start the microphone; raise `LinkError` where it cannot be had."""
        if self._port.tab is None:
            raise BrowserAbsent(voice=self._port.name)
        self._opened = asyncio.get_running_loop().create_future()
        self._is_open = True
        self._port.join(self)
        self._switch(on=True)
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                await self._opened
        except TimeoutError as err:
            await self.close()
            raise BrowserMicrophoneSilent(voice=self._port.name) from err
        except BaseException:
            await self.close()
            raise

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield PCM s16le mono 24 kHz in frames of 20 to 100 ms.

        Raises `LinkError` when the tab or its microphone is lost for good.
        """
        while self._is_open or self._frames:
            while self._frames:
                yield self._frames.take()
            if self._error is not None:
                raise self._error
            self._news.clear()
            if self._is_open:
                await self._news.wait()

    async def close(self) -> None:
        """Stop the microphone; never raises."""
        if self._is_open:
            self._is_open = False
            self._switch(on=False)
        self._port.leave(self)
        self._news.set()
        if dropped := self._frames.dropped:
            LOGGER.debug("%s: %s frames dropped", self._port.name, dropped)

    @override
    def attached(self, tab: BrowserTab, *, is_known: bool) -> None:
        """Ask a tab that came back, or another one, for its microphone."""
        self._switch(on=True)

    @override
    def sound_came(self, pcm: bytes) -> None:
        """Keep what the tab heard, at most five seconds of it."""
        if self._opened is None or not self._opened.done():
            return
        for frame in self._framer.push(self._resampler.push(pcm)):
            self._frames.put(frame)
        self._news.set()

    @override
    def reported(self, report: Mapping[str, Any]) -> None:
        """Hear that the microphone is on, or why it is not."""
        if report.get("type") != "microphone":
            return
        rate = report.get("rate")
        if report.get("on") is not True:
            error = str(report.get("error") or "ended")[:100]
            self.lost(BrowserMicrophoneRefused(voice=self._port.name, error=error))
        elif isinstance(rate, int) and rate in RATES:
            self._start(AudioFormat(rate))
        else:
            error = f"{str(rate)[:20]} Hz"
            self.lost(BrowserMicrophoneRefused(voice=self._port.name, error=error))

    @override
    def lost(self, error: LinkError) -> None:
        """End the frames, or the opening, with an error."""
        if self._opened is not None and not self._opened.done():
            self._opened.set_exception(error)
        self._error = error
        self._news.set()

    def _start(self, source: AudioFormat) -> None:
        """Begin a stream: the sound before a gap has no bearing on it."""
        self._resampler = Resampler(source, PCM_24K)
        self._framer = new_framer()
        if self._opened is not None and not self._opened.done():
            self._opened.set_result(None)

    def _switch(self, *, on: bool) -> None:
        """Tell the tab whether we listen."""
        self._port.send({"type": "microphone", "on": on})
