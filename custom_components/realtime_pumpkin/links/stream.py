"""MP3 streams that grow while players fetch them."""

import asyncio
from collections.abc import Callable
from typing import Final

from ..audio.mp3 import BYTES_PER_MS, ENCODER_DELAY_MS, FRAME_BYTES
from ..audio.pacing import Pacer
from .owned import Clock

LEAD_MS: Final = 2000
_STEP_MS: Final = 4 * FRAME_BYTES / BYTES_PER_MS
LONGEST_PREBUFFER_MS: Final = LEAD_MS - _STEP_MS
"""A player that collected more would get no more while it waits for that."""

MOST_FETCHES: Final = 16
"""Requests for one stream that are remembered; of more, the oldest is cut."""


class AudioStream:
    """One utterance as MP3 (64 kbit/s), served from its start to who asks.

    `on_change` is called whenever it grew, ended, or a fetch began or ended.
    """

    def __init__(
        self, *, clock: Clock, latency_ms: float, prebuffer_ms: float = 0
    ) -> None:
        """Start an empty stream.

        A player is heard `latency_ms` after it has `prebuffer_ms` or all of it.
        """
        self._clock = clock
        self._latency_ms = latency_ms
        self._prebuffer_ms = min(prebuffer_ms, LONGEST_PREBUFFER_MS)
        self._data = bytearray()
        self._size = 0
        self._readers = 0
        self._is_retired = False
        self._is_complete = False
        self._is_aborted = False
        self._fetches: list[Fetch] = []
        self._grown = asyncio.Event()
        self._hung_up_at: float | None = None
        self._hung_up_after_ms = 0.0
        self.on_change: Callable[[], None] = lambda: None

    @property
    def has_data(self) -> bool:
        """Tell whether a player that comes now is served something."""
        return self._size > 0

    @property
    def length_ms(self) -> float:
        """Return how long the MP3 is."""
        return self._size / BYTES_PER_MS

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is added any more."""
        return self._is_complete

    @property
    def is_aborted(self) -> bool:
        """Tell whether it must not be heard any more."""
        return self._is_aborted

    @property
    def hung_up_at(self) -> float | None:
        """Return since when nobody fetches it though not all was served."""
        return self._hung_up_at

    @property
    def player(self) -> Fetch | None:
        """Return the fetch that is most likely heard.

        Players open an address several times and hang up on all but the last.
        """
        return self._fetches[-1] if self._fetches else None

    def heard_ms(self) -> float:
        """Return how many ms were heard; it stays when the player hangs up."""
        if (player := self.player) is None:
            return self._hung_up_after_ms
        return player.heard_ms()

    def append(self, mp3: bytes) -> None:
        """Add whole MP3 frames."""
        if mp3:
            self._data += mp3
            self._size += len(mp3)
            self._tell()

    def complete(self) -> None:
        """Say that nothing more comes."""
        self._is_complete = True
        self._tell()

    def abort(self) -> None:
        """Stop serving at once."""
        self._is_aborted = True
        self._tell()
        for fetch in self._fetches:
            fetch.abort()

    def retire(self) -> None:
        """Give the MP3 back once nobody is served: there is no address for it.

        Home Assistant's check of an action may keep its caller until the next
        collection of garbage, and with it this.
        """
        self._is_retired = True
        self._give_back()

    def fetch(self, hang_up: Callable[[], None]) -> Fetch:
        """Begin a fetch from the start; `hang_up` cuts its connection."""
        self._readers += 1
        latency_ms = self._latency_ms + ENCODER_DELAY_MS
        pacer = Pacer(LEAD_MS, latency_ms, prebuffer_ms=self._prebuffer_ms)
        return Fetch(self, pacer, self._clock, hang_up)

    def began(self, fetch: Fetch) -> None:
        """Note that the first bytes go out."""
        self._fetches.append(fetch)
        self._hung_up_at = None
        if len(self._fetches) > MOST_FETCHES:
            self._fetches.pop(0).cut()

    def ended(self, fetch: Fetch) -> None:
        """Note that a fetch is over; who has it all is still a listener."""
        self._readers -= 1
        if fetch in self._fetches:
            if not fetch.has_all:
                self._fetches.remove(fetch)
            if not self._fetches:
                self._hung_up_at = self._clock()
                self._hung_up_after_ms = fetch.heard_ms()
            self.on_change()
        self._give_back()

    def size(self) -> int:
        """Return how many bytes there are."""
        return self._size

    def part(self, start: int, end: int) -> bytes:
        """Return some of the bytes."""
        return bytes(self._data[start:end])

    async def wait(self, until: float | None) -> None:
        """Wait until a time, or until the stream grew or ended."""
        grown = self._grown
        if until is None:
            await grown.wait()
            return
        # Cheaper than a timeout; others who wait see that there is no more for them.
        timer = asyncio.get_running_loop().call_at(until, self._wake)
        try:
            await grown.wait()
        finally:
            timer.cancel()

    def _give_back(self) -> None:
        """Forget the MP3 and who had it where nobody can ask for it any more."""
        if self._is_retired and not self._readers:
            self._data.clear()
            self._hung_up_after_ms = self.heard_ms()
            self._fetches.clear()

    def _tell(self) -> None:
        """Say that it grew or ended."""
        self._wake()
        self.on_change()

    def _wake(self) -> None:
        """Wake those who wait for more."""
        self._grown.set()
        self._grown = asyncio.Event()


class Fetch:
    """One request of a player: what it was sent, what is heard of it.

    The first two seconds leave at once, because players start by bytes; after
    that the player is kept two seconds ahead, which is what an interruption
    cannot take back from it.
    """

    def __init__(
        self,
        stream: AudioStream,
        pacer: Pacer,
        clock: Clock,
        hang_up: Callable[[], None],
    ) -> None:
        """Serve a stream from its start."""
        self._stream = stream
        self._pacer = pacer
        self._clock = clock
        self._hang_up = hang_up
        self._position = 0
        self._is_writing = False
        self._is_closed = False

    @property
    def has_all(self) -> bool:
        """Tell whether the whole stream was served."""
        return self._stream.is_complete and self._position == self._stream.size()

    @property
    def audible_at(self) -> float | None:
        """Return when the first sample of speech is heard."""
        return self._pacer.audible_at

    @property
    def heard_to_end_at(self) -> float | None:
        """Return when the last of what was served is heard."""
        return self._pacer.heard_to_end_at

    def heard_ms(self) -> float:
        """Return how many ms of the speech were heard."""
        return self._pacer.heard_ms(self._clock())

    async def next_chunk(self) -> bytes | None:
        """Return what the player may have next; None at the end."""
        self._is_writing = False
        while not self._stream.is_aborted:
            now = self._clock()
            if chunk := self._take(now):
                self._is_writing = True
                return chunk
            if self.has_all:
                self._pacer.sent_all(now)
                return None
            waits_for_room = self._position < self._stream.size()
            room_at = self._pacer.room_at(_STEP_MS, now)
            await self._stream.wait(room_at if waits_for_room else None)
        return None

    def close(self) -> None:
        """Say that the player has it all, or hung up."""
        self._is_writing = False
        self._is_closed = True
        self._stream.ended(self)

    def abort(self) -> None:
        """Cut the connection of a player that takes nothing."""
        if self._is_writing:
            self._hang_up()

    def cut(self) -> None:
        """Cut the connection of a player that has come back too often."""
        if not self._is_closed:
            self._hang_up()

    def _take(self, now: float) -> bytes:
        """Take whole frames for which there is room."""
        waiting = self._stream.size() - self._position
        room = self._pacer.room_ms(now)
        if not waiting or (room < _STEP_MS and waiting > room * BYTES_PER_MS):
            return b""
        frames = int(min(waiting, room * BYTES_PER_MS)) // FRAME_BYTES
        chunk = self._stream.part(self._position, self._position + frames * FRAME_BYTES)
        if chunk:
            is_first, was_waiting = self._position == 0, self.audible_at is None
            self._pacer.sent(len(chunk) / BYTES_PER_MS, now)
            self._position += len(chunk)
            if is_first:
                self._stream.began(self)
            if was_waiting:
                self._stream.on_change()
        return chunk
