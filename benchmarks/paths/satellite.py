"""Many Wyoming satellites in one process, each as light as it can be.

They speak the protocol of wyoming-satellite 1.4.1: one event is a line of JSON, its
data and its payload. Their microphones send what wyoming-satellite sends by default,
64 ms of PCM s16le mono 16 kHz at a time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import json
from typing import Any, Final, override

from benchmarks.stamps import Reader, now

HOST: Final = "127.0.0.1"
MICROPHONE_RATE: Final = 16_000
_LOUD: Final = 500


@dataclass(frozen=True, slots=True)
class Model:
    """What kind of satellite it is."""

    chunk_ms: int = 64
    """How much the microphone sends at a time."""

    speaker_rate: int = 22_050
    """What the speaker asks for; times in samples survive only at 24 kHz."""

    waits_for_wake_word: bool = False
    """It streams from its wake word to the end of a turn, as Assist has it."""

    @property
    def chunk_bytes(self) -> int:
        """Return the bytes of a chunk of the microphone."""
        return self.chunk_ms * MICROPHONE_RATE // 1000 * 2


@dataclass(slots=True)
class Noted:
    """What a satellite noticed since it was asked last; times in ns."""

    first_sound_at: int = 0
    """When the first sound came after it was told to run, or after somebody spoke."""

    spoken_at: int = 0
    """When the chunk left in which somebody stopped to speak."""

    delays_ms: list[float] = field(default_factory=list)
    """How old the times in the samples were."""

    events: dict[str, int] = field(default_factory=dict)
    """When an event of a kind came first since then, by its type."""


def encode(
    kind: str, data: dict[str, Any] | None = None, payload: bytes = b""
) -> bytes:
    """Return an event as the wyoming library writes it."""
    head: dict[str, Any] = {"type": kind, "version": "1.10.2"}
    body = json.dumps(data).encode() if data else b""
    if body:
        head["data_length"] = len(body)
    if payload:
        head["payload_length"] = len(payload)
    return json.dumps(head).encode() + b"\n" + body + payload


class Satellite:
    """One satellite: a microphone that never stops, and a speaker that notes."""

    def __init__(self, model: Model, offset: float) -> None:
        """Be idle; `offset` is where in a chunk's time its chunks leave (0 to 1)."""
        self._model = model
        self._offset = offset
        self._connection: _Connection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._says: list[bytes] = []
        self._plays_until = 0.0
        self._reader = Reader()
        self._on_sound: Callable[[], None] = lambda: None
        data = {"rate": MICROPHONE_RATE, "width": 2, "channels": 1}
        self._head = encode("audio-chunk", data, bytes(model.chunk_bytes))
        self._head = self._head[: -model.chunk_bytes]
        self._silence = bytes(model.chunk_bytes)
        self.noted = Noted()

    async def start(self) -> int:
        """Listen; return the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), HOST, 0)
        self._server = server
        port: int = server.sockets[0].getsockname()[1]
        return port

    def take(self) -> Noted:
        """Return what was noted, and begin anew."""
        noted, self.noted = self.noted, Noted()
        return noted

    async def say(self, pcm: bytes) -> Noted:
        """Say something (PCM s16le mono 16 kHz) and wait for the first sound."""
        heard = asyncio.get_running_loop().create_future()

        def notice() -> None:
            """Hear the first sound."""
            if not heard.done():
                heard.set_result(None)

        self.noted = Noted()
        self._on_sound = notice
        size = self._model.chunk_bytes
        # Whatever is said ends with a chunk.
        pcm = bytes(-len(pcm) % size) + pcm
        self._says = [pcm[at : at + size] for at in range(0, len(pcm), size)]
        if self._model.waits_for_wake_word:
            self._wake_up()
        async with asyncio.timeout(15):
            await heard
        return self.noted

    def take_event(
        self, connection: _Connection, kind: str, data: bytes, payload: bytes
    ) -> None:
        """Do what an event asks for."""
        self.noted.events.setdefault(kind, now())
        match kind:
            case "audio-chunk":
                self._play(payload)
            case "audio-stop":
                self._tell_played(connection)
            case "describe":
                about = {"name": "Bench", "installed": True, "attribution": _US}
                about |= {"description": "Bench", "version": "1.4.1"}
                connection.write(encode("info", {"satellite": about}))
            case "run-satellite":
                self._run(connection)
            case "pause-satellite" | "transcript":
                self.stop()
            case "ping":
                connection.write(encode("pong", json.loads(data) if data else None))

    def lost(self, connection: _Connection) -> None:
        """Stop when whom we stream to is gone."""
        if self._connection is connection:
            self._connection = None
            self.stop()

    def stop(self) -> None:
        """Stop the microphone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _run(self, connection: _Connection) -> None:
        """Stream to a server from now on."""
        self._connection = connection
        self.noted = Noted()
        if not self._model.waits_for_wake_word:
            self._ask_for_pipeline("wake", restart_on_end=True)
            self._stream()

    def _wake_up(self) -> None:
        """Hear the wake word: a turn begins."""
        self._ask_for_pipeline("asr", restart_on_end=False)
        self._stream()

    def _ask_for_pipeline(self, stage: str, *, restart_on_end: bool) -> None:
        """Tell what is to be done with what the microphone hears."""
        assert self._connection is not None
        speaker = {"rate": self._model.speaker_rate, "width": 2, "channels": 1}
        asked: dict[str, Any] = {"start_stage": stage, "end_stage": "tts"}
        asked |= {"snd_format": speaker, "restart_on_end": restart_on_end}
        self._connection.write(encode("run-pipeline", asked))

    def _stream(self) -> None:
        """Send a chunk now, and from then on at this satellite's own times."""
        self.stop()
        loop = asyncio.get_running_loop()
        period = self._model.chunk_ms / 1000
        whole = loop.time() // period
        self._due = (whole + 1 + self._offset) * period
        self._send_chunk()
        self._timer = loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        """Send a chunk, and the next one in time."""
        self._send_chunk()
        self._due += self._model.chunk_ms / 1000
        self._timer = asyncio.get_running_loop().call_at(self._due, self._tick)

    def _send_chunk(self) -> None:
        """Send what is said, else silence."""
        if self._connection is None:
            return
        chunk = self._says.pop(0) if self._says else self._silence
        self._connection.write(self._head + chunk)
        if chunk is not self._silence and not self._says:
            self.noted.spoken_at = now()
            self.noted.first_sound_at = 0

    def _play(self, pcm: bytes) -> None:
        """Note what is played, and until when."""
        noted, loop = self.noted, asyncio.get_running_loop()
        if not noted.first_sound_at and _is_loud(pcm):
            noted.first_sound_at = now()
            if noted.spoken_at:
                self._on_sound()
        if self._model.speaker_rate == 24_000:
            noted.delays_ms += [(now() - at) / 1e6 for at in self._reader.feed(pcm)]
        seconds = len(pcm) / 2 / self._model.speaker_rate
        self._plays_until = max(loop.time(), self._plays_until) + seconds

    def _tell_played(self, connection: _Connection) -> None:
        """Say so once all is played."""
        loop = asyncio.get_running_loop()
        loop.call_at(self._plays_until, connection.write, encode("played"))


_US: Final = {"name": "Bench", "url": "https://example.com"}


def _is_loud(pcm: bytes) -> bool:
    """Tell whether there is any sound."""
    samples = memoryview(pcm[: len(pcm) & ~1]).cast("h")
    return any(abs(sample) > _LOUD for sample in samples)


class _Connection(asyncio.Protocol):
    """A server's connection: events in, events out."""

    def __init__(self, satellite: Satellite) -> None:
        """Serve a satellite."""
        self._satellite = satellite
        self._transport: asyncio.Transport
        self._data = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        """Read whole events."""
        data = self._data + data
        at = 0
        while (line := data.find(b"\n", at)) >= 0:
            head = json.loads(data[at:line])
            body = line + 1
            payload = body + head.get("data_length", 0)
            end = payload + head.get("payload_length", 0)
            if end > len(data):
                break
            at = end
            self._satellite.take_event(
                self, head["type"], data[body:payload], data[payload:end]
            )
        self._data = data[at:]

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Stop."""
        self._satellite.lost(self)

    def write(self, data: bytes) -> None:
        """Send what is encoded."""
        if not self._transport.is_closing():
            self._transport.write(data)
