"""A Wyoming satellite of 127.0.0.1 that keeps to the protocol, or does not."""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib
from dataclasses import dataclass, field
from typing import Any

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import Describe
from wyoming.ping import Ping, Pong
from wyoming.satellite import PauseSatellite, RunSatellite
from wyoming.snd import Played

from custom_components.realtime_pumpkin.audio.formats import PCM_24K, AudioFormat
from custom_components.realtime_pumpkin.links.wyoming import WyomingSatellite
from tests.audio.signals import tone
from tests.links.virtual_time import now, spawn

HOST = "127.0.0.1"
CHUNK_MS = 20
PCM_16K = AudioFormat(16_000)


def info(**more: Any) -> Event:
    """Return what a satellite says about itself."""
    satellite = {"name": "Porch", "area": "Garden", "installed": True}
    return Event("info", {"satellite": satellite, **more})


def pipeline(**more: Any) -> Event:
    """Return the pipeline that an always streaming satellite 1.0.0 asks for."""
    return Event("run-pipeline", {"start_stage": "wake", "end_stage": "tts", **more})


def told_pipeline(rate: int = 22_050, channels: int = 1, **more: Any) -> Event:
    """Return the pipeline that an always streaming satellite 1.4.1 asks for."""
    snd_format = {"rate": rate, "width": 2, "channels": channels}
    return pipeline(**{"restart_on_end": True, "snd_format": snd_format, **more})


@dataclass
class Sound:
    """A piece of sound in the speaker, in the loop's seconds."""

    begin: float
    end: float


@dataclass
class FakeSatellite:
    """Stream a microphone to its first server and play what that sends.

    It is strict: what a server must not do becomes an entry of `faults`.
    """

    info: Event | None = field(default_factory=info)
    pipeline: Event | None = field(default_factory=pipeline)
    microphone: AudioFormat = PCM_16K
    is_muted: bool = False
    is_paused: bool = False
    is_occupied: bool = False
    closes_on_refusal: bool = False
    sends_played: bool = False
    sound: Callable[[int], bytes] | None = None
    """What the microphone hears in its n-th chunk; a tone unless told."""

    most_ahead: float = 0.2005
    """Seconds of sound that may wait; real time on a busy machine needs more."""

    port: int = 0
    faults: list[str] = field(default_factory=list)
    events: list[tuple[float, Event]] = field(default_factory=list)
    played: list[Sound] = field(default_factory=list)
    pcm: bytearray = field(default_factory=bytearray)
    runs: int = 0
    _format: AudioFormat | None = None
    _owner: asyncio.StreamWriter | None = None
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Begin to listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Vanish as if unplugged."""
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._owner = None
        await asyncio.sleep(0)

    @property
    def is_owned(self) -> bool:
        """Tell whether a server holds the satellite."""
        return self._owner is not None

    def seen(self, kind: str) -> list[tuple[float, Event]]:
        """Return when which events of a kind came."""
        return [(at, event) for at, event in self.events if event.type == kind]

    def played_ms(self, at: float | None = None) -> float:
        """Return how much had been played at a time."""
        at = now() if at is None else at
        return sum(
            max(0.0, min(each.end, at) - each.begin) * 1000 for each in self.played
        )

    async def send(self, event: Event) -> None:
        """Send an event to the server."""
        assert self._owner is not None
        await async_write_event(event, self._owner)

    def send_raw(self, data: bytes) -> None:
        """Send bytes to the server, whatever they are."""
        assert self._owner is not None
        self._owner.write(data)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection as a task of ours."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await self._talk(reader, writer)
        if self._owner is writer:
            self._owner = None
        writer.transport.abort()
        self._tasks.discard(task)

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection until it ends."""
        while (event := await async_read_event(reader)) is not None:
            if Describe.is_type(event.type):
                if self.info is not None:
                    await async_write_event(self.info, writer)
                continue
            if self.is_occupied or self._owner not in (None, writer):
                await self._refuse(reader)
                return
            self._owner = writer
            self.events.append((now(), event))
            await self._obey(event, writer)

    async def _refuse(self, reader: asyncio.StreamReader) -> None:
        """Drop a second server: newer satellites close, older ones forget it."""
        if not self.closes_on_refusal:
            while await reader.read(1024):
                pass

    async def _obey(self, event: Event, writer: asyncio.StreamWriter) -> None:
        """Do what the server that owns us asks for."""
        if RunSatellite.is_type(event.type):
            self.runs += 1
            self.is_paused = False
            if self.pipeline is not None:
                await async_write_event(self.pipeline, writer)
            if self.pipeline is not None and not self.is_muted:
                self._start_microphone(writer)
        elif PauseSatellite.is_type(event.type):
            self.is_paused = True
        elif Ping.is_type(event.type):
            text = Ping.from_event(event).text
            await async_write_event(Pong(text).event(), writer)
        else:
            await self._play(event, writer)

    async def _play(self, event: Event, writer: asyncio.StreamWriter) -> None:
        """Play as a device does that takes sound in real time."""
        if AudioStart.is_type(event.type):
            if self._format is not None:
                self.faults.append("audio-start within audio")
            self._format = AudioFormat(event.data["rate"], event.data["channels"])
        elif AudioChunk.is_type(event.type):
            if self._format is None:
                self.faults.append("audio-chunk before audio-start")
                return
            assert event.payload is not None
            self.pcm += event.payload
            self._append(self._format.ms_of(len(event.payload)) / 1000)
        elif AudioStop.is_type(event.type):
            if self._format is None:
                self.faults.append("audio-stop before audio-start")
            self._format = None
            if self.sends_played:
                self._own(self._tell_played(writer))

    def _append(self, seconds: float) -> None:
        """Queue sound behind what still plays."""
        begin = max(now(), self.played[-1].end if self.played else 0)
        if begin + seconds - now() > self.most_ahead:
            self.faults.append(f"{begin + seconds - now():.3f} s ahead")
        self.played.append(Sound(begin, begin + seconds))

    async def _tell_played(self, writer: asyncio.StreamWriter) -> None:
        """Say that all was played once it was."""
        if self.played:
            await asyncio.sleep(max(0, self.played[-1].end - now()) + 0.03)
        await async_write_event(Played().event(), writer)

    def _start_microphone(self, writer: asyncio.StreamWriter) -> None:
        """Stream for as long as the connection lasts."""
        self._own(self._listen(writer))

    def _own(self, coro: Any) -> None:
        """Run something that ends with the satellite."""
        task = spawn(coro, "fake satellite")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, writer: asyncio.StreamWriter) -> None:
        """Send a chunk every 20 ms."""
        second = tone(self.microphone.rate, 1000)
        size = AudioFormat(self.microphone.rate).bytes_of(CHUNK_MS)
        count, begin = 0, now()
        with contextlib.suppress(ConnectionError):
            while not (self.is_muted or self.is_paused) and self._owner is writer:
                at = count * size % len(second)
                pcm = self.sound(count) if self.sound else second[at : at + size]
                await async_write_event(self._chunk(pcm), writer)
                count += 1
                await asyncio.sleep(max(0, begin + count * CHUNK_MS / 1000 - now()))

    def _chunk(self, pcm: bytes) -> Event:
        """Return a chunk of the microphone."""
        microphone = self.microphone
        return AudioChunk(microphone.rate, 2, microphone.channels, pcm).event()


@contextlib.asynccontextmanager
async def on_the_porch(**options: Any) -> AsyncIterator[FakeSatellite]:
    """Have a satellite for a while; at the end it must have been used well."""
    satellite = FakeSatellite(**options)
    await satellite.start()
    try:
        yield satellite
        assert not satellite.faults, satellite.faults
    finally:
        await satellite.stop()


def link_to(satellite: FakeSatellite) -> WyomingSatellite:
    """Return our end of the connection, closed."""
    return WyomingSatellite(HOST, satellite.port, spawn=spawn, clock=now)


def spoken(ms: float, hz: float = 440.0) -> bytes:
    """Return something to say, PCM s16le mono 24 kHz."""
    return tone(PCM_24K.rate, ms, hz)
