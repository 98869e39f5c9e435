"""The direct link to a Wyoming satellite: one connection for both ends."""

import asyncio
import contextlib
from typing import Final

from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.ping import Ping, Pong
from wyoming.pipeline import RunPipeline
from wyoming.snd import Played

from ..audio.formats import AudioFormat
from ..const import LOGGER
from .errors import (
    LinkError,
    SatelliteLost,
    SatelliteOccupied,
    SatelliteSilent,
    SatelliteUnreachable,
)
from .owned import Clock, Spawn, async_cancel
from .wyoming_handshake import (
    SatelliteConnection,
    SatelliteInfo,
    async_connect,
    async_release,
    chunk_format,
    speaker_format,
    text_of,
)
from .wyoming_wire import SatelliteWire

_PING_INTERVAL_S: Final = 2.0
_SILENCE_TIMEOUT_S: Final = 5.0
_RECONNECT_BUDGET_S: Final = 10.0
_FIRST_BACKOFF_S: Final = 0.25
_LONGEST_BACKOFF_S: Final = 2.0


class SatelliteEnd:
    """One of the two ends that share a satellite's connection.

    All of these are called on the event loop and return at once.
    """

    def connected(self, speaker: AudioFormat | None) -> None:
        """Hear of a new connection and of the format its speaker wants."""

    def speaker_told(self, speaker: AudioFormat) -> None:
        """Hear later which format the speaker wants."""

    def chunk_came(self, event: Event) -> None:
        """Hear of an `audio-chunk` of the microphone."""

    def played(self) -> None:
        """Hear that the satellite played all that was sent before audio-stop."""

    def lost(self, error: LinkError) -> None:
        """Hear that the satellite is gone for good."""


class WyomingSatellite:
    """Own the TCP connection to one always streaming satellite.

    The first end that attaches connects, the last one that detaches hangs up.
    When the satellite restarts in between, the connection is made again for up
    to ten seconds; only then the ends hear that it is lost.
    """

    def __init__(self, host: str, port: int, *, spawn: Spawn, clock: Clock) -> None:
        """Prepare the link to the satellite at `host`:`port`."""
        self._host = host
        self._port = port
        self._spawn = spawn
        self._clock = clock
        self._lock = asyncio.Lock()
        self._ends: set[SatelliteEnd] = set()
        self._task: asyncio.Task[None] | None = None
        self._wire: SatelliteWire | None = None
        self._speaker: AudioFormat | None = None
        self._info: SatelliteInfo
        self._chunk_at = 0.0

    @property
    def host(self) -> str:
        """Return where the satellite is."""
        return self._host

    @property
    def is_connected(self) -> bool:
        """Tell whether what is sent now reaches the satellite."""
        return self._wire is not None

    async def attach(self, end: SatelliteEnd) -> SatelliteInfo:
        """Give an end its share; raise `LinkError` where nothing streams."""
        async with self._lock:
            if self._task is None or self._task.done():
                self._ends.clear()
                self._start(await async_connect(self._host, self._port))
            self._ends.add(end)
            end.connected(self._speaker)
            return self._info

    async def detach(self, end: SatelliteEnd) -> None:
        """Take the share back; the last one hangs up. Never raises."""
        async with self._lock:
            self._ends.discard(end)
            if self._ends:
                return
            task, self._task = self._task, None
            await async_cancel(task)
            # A task that had no time to start has no time to clean up either.
            await self._hang_up()

    async def send(self, event: Event) -> bool:
        """Send an event to the satellite; False where none is connected."""
        return self._wire is not None and await self._wire.send(event)

    def _start(self, connection: SatelliteConnection) -> None:
        """Keep a connection from now on."""
        self._use(connection)
        name = f"wyoming satellite {self._host}:{self._port}"
        self._task = self._spawn(self._run(connection), name)

    def _use(self, connection: SatelliteConnection) -> None:
        """Talk over a new connection."""
        self._wire = connection.wire
        self._info = connection.info
        self._speaker = connection.info.speaker
        self._chunk_at = self._clock()

    async def _run(self, connection: SatelliteConnection) -> None:
        """Serve the connection, and the one after it, until it is lost."""
        try:
            await self._keep(connection)
        except LinkError as err:
            self._lose(err)
        except Exception:  # noqa: BLE001 - a conversation must not wait for ever
            LOGGER.exception("Unexpected error on the link to %s", self._host)
            self._lose(SatelliteLost(host=self._host))
        finally:
            await self._hang_up()

    async def _hang_up(self) -> None:
        """Let the satellite go, where there is one."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await async_release(wire)

    async def _keep(self, connection: SatelliteConnection) -> None:
        """Serve a connection and make it again when it breaks."""
        while True:
            await self._serve(connection)
            self._wire = None
            LOGGER.info("Satellite %s went away, reconnecting", self._host)
            await connection.wire.hang_up()
            connection = await self._reconnect()
            LOGGER.info("Satellite %s is back", self._host)
            self._use(connection)
            for end in tuple(self._ends):
                end.connected(self._speaker)

    async def _serve(self, connection: SatelliteConnection) -> None:
        """Handle what comes until the connection ends."""
        wire = connection.wire
        name = f"wyoming keep-alive {self._host}:{self._port}"
        keep_alive = self._spawn(self._keep_alive(wire), name)
        try:
            await self._handle(wire, connection.first_chunk)
            while (event := await wire.receive()) is not None:
                await self._handle(wire, event)
        finally:
            await async_cancel(keep_alive)

    async def _handle(self, wire: SatelliteWire, event: Event) -> None:
        """Do what one event of the satellite asks for."""
        if AudioChunk.is_type(event.type):
            if chunk_format(event) is not None:  # Else nobody is heard.
                self._chunk_at = self._clock()
            for end in self._ends:
                end.chunk_came(event)
        elif Ping.is_type(event.type):
            await wire.send(Pong(text=text_of(event.data.get("text"))).event())
        elif Played.is_type(event.type):
            for end in self._ends:
                end.played()
        elif RunPipeline.is_type(event.type):
            self._note_speaker(speaker_format(event))

    def _note_speaker(self, speaker: AudioFormat | None) -> None:
        """Tell the ends a speaker format that came after the first sound."""
        if speaker is None or speaker == self._speaker:
            return
        self._speaker = speaker
        for end in self._ends:
            end.speaker_told(speaker)

    async def _keep_alive(self, wire: SatelliteWire) -> None:
        """Ping, and give up a connection that brings no sound any more."""
        while True:
            # A satellite that takes nothing must not keep us from noticing.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PING_INTERVAL_S):
                    await wire.send(Ping().event())
            await asyncio.sleep(_PING_INTERVAL_S)
            if self._clock() - self._chunk_at > _SILENCE_TIMEOUT_S:
                wire.abort()
                return

    async def _reconnect(self) -> SatelliteConnection:
        """Connect again with backoff; raise `SatelliteLost` after ten seconds.

        A satellite that came back in another mode is refused at once.
        """
        try:
            async with asyncio.timeout(_RECONNECT_BUDGET_S):
                return await self._try_again_and_again()
        except TimeoutError as err:
            raise SatelliteLost(host=self._host) from err

    async def _try_again_and_again(self) -> SatelliteConnection:
        """Connect at growing intervals, for as long as it may help."""
        backoff = _FIRST_BACKOFF_S
        while True:
            await asyncio.sleep(backoff)
            try:
                return await async_connect(self._host, self._port)
            except (SatelliteUnreachable, SatelliteOccupied, SatelliteSilent) as err:
                LOGGER.debug("Satellite %s is not back: %r", self._host, err)
            backoff = min(2 * backoff, _LONGEST_BACKOFF_S)

    def _lose(self, error: LinkError) -> None:
        """Tell the ends that no connection will come any more."""
        LOGGER.info("Satellite %s is lost: %r", self._host, error)
        for end in tuple(self._ends):
            end.lost(error)
