"""Where the device's microphone and speaker are: a porch's sound card, or its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import contextlib
from contextlib import asynccontextmanager
import socket
from typing import Protocol

from demo.porch.soundcard import PERIOD_MS, Echo, SoundCard

from .assistant import RATE

type Write = Callable[[bytes], Awaitable[None]]
type Hear = Callable[[bytes], None]

_KEPT_S = 900
_SMALLEST = 4096
_PERIOD_BYTES = RATE * PERIOD_MS // 1000 * 2


class Card(Protocol):
    """A sound card with a microphone (16 kHz) and a speaker; PCM s16le mono."""

    rate: int
    """The speaker's sample rate in Hz."""

    async def start(self, hear: Hear) -> None:
        """Give `hear` what the microphone hears, 10 ms at a time, from now on."""

    async def close(self) -> None:
        """Stop."""

    def playing(self) -> contextlib.AbstractAsyncContextManager[Write]:
        """Yield what writes sound; what was written is heard to its end on leaving.

        Leaving with an exception does not wait for that.
        """


class OwnCard:
    """A sound card inside the device, whose time may pass faster than ours."""

    def __init__(
        self, *, rate: int = 24000, pace: float = 1.0, echo_db: float | None = None
    ) -> None:
        """Start no clock yet; with an echo of so many dB, or none."""
        self.rate = rate
        self.played = bytearray()
        """What the speaker played in the first quarter of an hour."""

        echo = None if echo_db is None else Echo(echo_db)
        self._card = SoundCard(microphone_rate=RATE, speaker_rate=rate, echo=echo)
        self._pace = pace
        self._room = asyncio.Event()
        self._drained: dict[int, asyncio.Event] = {}
        self._streams = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def peak(self) -> int:
        """Return how loud the speaker was in its last 100 ms, 0 to 32768."""
        tail = memoryview(bytes(self.played[-self.rate // 5 // 2 * 2 :])).cast("h")
        return max((abs(sample) for sample in tail), default=0)

    def say(self, pcm: bytes) -> None:
        """Let a visitor say a line (PCM s16le mono 16 kHz)."""
        self._card.say(pcm)

    async def start(self, hear: Hear) -> None:
        """Start the clock."""
        self._task = asyncio.create_task(self._tick(hear), name="sound card")

    async def close(self) -> None:
        """Stop the clock; what still plays is dropped."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[Write]:
        """Yield what writes sound; see `Card`."""
        self._streams += 1
        key = self._streams
        self._card.open(key)
        drained = self._drained[key] = asyncio.Event()

        async def write(pcm: bytes) -> None:
            rest = memoryview(pcm)
            while rest:
                if size := self._card.free(key) // 2 * 2:
                    self._card.write(key, bytes(rest[:size]))
                    rest = rest[size:]
                else:
                    self._room.clear()
                    await self._room.wait()

        try:
            yield write
            self._card.end(key)
            await drained.wait()
        finally:
            if not drained.is_set():
                self._card.end(key)
            del self._drained[key]

    async def _tick(self, hear: Hear) -> None:
        """Let 10 ms after 10 ms pass, none lost however late we are called."""
        loop = asyncio.get_running_loop()
        started, periods = loop.time(), 0
        while True:
            period = self._card.period()
            hear(period.microphone)
            if len(self.played) < _KEPT_S * self.rate * 2:
                self.played += period.speaker
            for key in period.drained:
                if event := self._drained.get(key):
                    event.set()
            self._room.set()
            periods += 1
            due = started + periods * PERIOD_MS / 1000 / self._pace
            await asyncio.sleep(due - loop.time())


class PorchCard:
    """The sound card of a porch that is a process of its own; see `demo.porch.room`."""

    def __init__(self, address: str, rate: int) -> None:
        """Know where it is; `rate` is its speaker's."""
        self.rate = rate
        self._address = address
        self._task: asyncio.Task[None] | None = None

    async def start(self, hear: Hear) -> None:
        """Listen to its microphone; raises `OSError` where there is no such card."""
        reader, writer = await self._connect("microphone")
        self._task = asyncio.create_task(self._listen(reader, writer, hear))

    async def close(self) -> None:
        """Listen no more."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[Write]:
        """Yield what writes sound; see `Card`."""
        reader, writer = await self._connect("speaker")
        writer.transport.set_write_buffer_limits(0)

        async def write(pcm: bytes) -> None:
            writer.write(pcm)
            await writer.drain()

        try:
            yield write
            writer.write_eof()
            await reader.read(1)
        finally:
            writer.transport.abort()

    async def _connect(
        self, role: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect as a role; little is buffered on the way."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SMALLEST)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(connection, "\0" + self._address)
            reader, writer = await asyncio.open_unix_connection(sock=connection)
        except OSError:
            connection.close()
            raise
        writer.write(f"{role}\n".encode())
        return reader, writer

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: Hear
    ) -> None:
        """Hear the microphone until the card ends."""
        try:
            while True:
                hear(await reader.readexactly(_PERIOD_BYTES))
        except asyncio.IncompleteReadError, ConnectionError:
            return
        finally:
            writer.transport.abort()
