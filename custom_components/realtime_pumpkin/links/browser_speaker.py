"""The speaker of a browser's tab."""

import asyncio
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, override

from ..audio.formats import PCM_24K
from .browser import BrowserEnd, BrowserPort, BrowserTab
from .browser_utterance import Progress, Utterance
from .errors import BrowserAbsent, BrowserSpeakerStalled, LinkError
from .owned import Clock
from .protocols import LinkCapabilities, SinkListener
from .room import SpeechRoom

LEAD_MS: Final = 3000
"""How far ahead of the mouth the tab is sent sound: a long gap of its network."""

STALL_S: Final = 5.0
"""A tab that has sound and reports nothing for so long does not play."""

_CHUNK_BYTES: Final = PCM_24K.bytes_of(200)


class BrowserSpeaker(BrowserEnd):
    """An `AudioSink` in the tab that stands in for the voice's devices.

    Every piece of sound names its utterance and its place in it, so a tab whose
    connection was lost gets what it misses, and another one gets the rest.
    """

    def __init__(self, port: BrowserPort, *, clock: Clock) -> None:
        """Speak through the port."""
        self._port = port
        self._clock = clock
        self._queue: deque[Utterance] = deque()
        self._writing: Utterance | None = None
        self._listener: SinkListener | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._room = SpeechRoom()

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what the browser's speaker can do."""
        tab = self._port.tab
        return LinkCapabilities(
            full_duplex=True,
            echo_cancelled=tab is not None and tab.echo_cancelled,
            remote_start=True,
            stop_latency_ms=80,
        )

    async def open(self, listener: SinkListener) -> None:
        """Make the speaker ready; raise `LinkError` where it cannot be had."""
        if self._port.tab is None:
            raise BrowserAbsent(voice=self._port.name)
        self._listener = listener
        self._port.join(self)

    def begin(self, utterance: str) -> None:
        """Start an utterance; it is played after those before it."""
        self.finish()
        self._writing = Utterance(utterance, self._port.next_number())
        self._queue.append(self._writing)

    def write(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz to the utterance that was begun last."""
        waiting = sum(each.size for each in self._queue)
        if self._writing is not None and self._room.takes(pcm, waiting):
            self._writing.add(pcm)
            self._pump()

    def finish(self) -> None:
        """Say that the utterance has no more audio; it plays to its end."""
        if self._writing is not None:
            self._writing.is_complete = True
            self._writing = None
            self._pump()

    def heard_ms(self) -> int:
        """Return how many ms of the utterance now playing have been heard."""
        return int(self._queue[0].heard_ms(self._clock())) if self._queue else 0

    def clear(self) -> int:
        """Fall silent, drop all that is queued, return the heard ms.

        What has left the tab's buffer will be heard: that counts as heard.
        """
        heard = self._queue[0].played_ms(self._clock()) if self._queue else 0
        self._queue.clear()
        self._writing = None
        self._watch()
        self._send_clear()
        return int(heard)

    async def close(self) -> None:
        """Fall silent; never raises."""
        self._listener = None
        self.clear()
        self._port.leave(self)

    @override
    def attached(self, tab: BrowserTab, *, is_known: bool) -> None:
        """Go on in a tab that came back, or in another one."""
        self._send_clear(self._queue[0].number if self._queue else None)
        for utterance in self._queue:
            has = tab.received_bytes if tab.utterance == utterance.number else 0
            utterance.resume(has if is_known else None)
        self._pump()

    @override
    def reported(self, report: Mapping[str, Any]) -> None:
        """Hear how far the tab is."""
        progress = Progress.from_report(report)
        if progress is None or not self._queue:
            return
        utterance = self._queue[0]
        if progress.number != utterance.number:
            return
        utterance.progress(progress, self._clock())
        if progress.is_done and utterance.is_end_told:
            self._end(utterance)
        elif utterance.heard_ms(self._clock()) > 0:
            self._announce(utterance)
        self._pump()

    @override
    def lost(self, error: LinkError) -> None:
        """Tell the listener that the speaker is gone."""
        self.clear()
        if self._listener is not None:
            self._listener.audio_failed(error)

    def _end(self, utterance: Utterance) -> None:
        """Tell the listener that an utterance was heard to its end."""
        self._queue.popleft()
        self._announce(utterance)
        if self._listener is not None:
            self._listener.audio_finished(utterance.name, int(utterance.total_ms))

    def _announce(self, utterance: Utterance) -> None:
        """Tell the listener, once, that the first sample is audible."""
        if not utterance.is_announced and self._listener is not None:
            utterance.is_announced = True
            self._listener.audio_started(utterance.name)

    def _pump(self) -> None:
        """Send what the tab has room for."""
        if self._port.tab is not None:
            for utterance in self._queue:
                self._send(utterance)
        self._watch()

    def _send(self, utterance: Utterance) -> None:
        """Send what there is of an utterance, as far as there is room."""
        while self._ahead_ms() < LEAD_MS:
            at, chunk = utterance.take(_CHUNK_BYTES)
            if not chunk:
                self._tell_end(utterance, at)
                return
            self._port.send(
                {
                    "type": "audio",
                    "n": utterance.number,
                    "at": at,
                    "pcm": b64encode(chunk).decode(),
                }
            )

    def _tell_end(self, utterance: Utterance, at: int) -> None:
        """Tell the tab, once, that an utterance has no more sound."""
        if utterance.is_complete and not utterance.is_end_told:
            utterance.is_end_told = True
            self._port.send({"type": "end", "n": utterance.number, "at": at})

    def _ahead_ms(self) -> float:
        """Return how much the tab has and has not played."""
        return sum(each.unplayed_ms for each in self._queue)

    def _send_clear(self, number: int | None = None) -> None:
        """Tell the tab to drop all utterances before a number; None: all."""
        below = self._port.next_number() if number is None else number
        self._port.send({"type": "clear", "below": below})

    def _watch(self) -> None:
        """Expect a report within some seconds, where there is something to play."""
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        if self._queue and self._port.tab is not None:
            loop = asyncio.get_running_loop()
            self._stall = loop.call_later(STALL_S, self._stalled)

    def _stalled(self) -> None:
        """Give up a tab that does not play what it has."""
        self._stall = None
        if self._ahead_ms() > 0 or self._queue[0].is_end_told:
            self.lost(BrowserSpeakerStalled(voice=self._port.name))
