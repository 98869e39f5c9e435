"""Wyoming satellites that say anything: in memory, and over real loopback sockets."""

import asyncio
import contextlib
import json
import logging
from typing import Any, Final

from wyoming.event import Event

from custom_components.realtime_pumpkin.audio.formats import PCM_24K, AudioFormat
from custom_components.realtime_pumpkin.const import LOGGER
from custom_components.realtime_pumpkin.links.errors import LinkError
from custom_components.realtime_pumpkin.links.wyoming import WyomingSatellite
from custom_components.realtime_pumpkin.links.wyoming_handshake import (
    async_connect,
    async_release,
    chunk_format,
    speaker_format,
)
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
    _ChunkDecoder,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from custom_components.realtime_pumpkin.links.wyoming_wire import (
    BoundedReader,
    SatelliteWire,
)
from tests.links.listener import Listener
from tests.links.satellite import HOST, told_pipeline
from tests.links.virtual_time import now, run, spawn
from tests.realtime.world import VOICE

from .dice import Dice
from .loop import run_at_once
from .odd import mutated
from .typed import assert_typed

SOUND: Final = {"rate": 16_000, "width": 2, "channels": 1}
INFO: Final[dict[str, Any]] = {
    "satellite": {"name": "Porch", "area": "Garden", "installed": True},
    "wake": [],
}
SAMPLES: Final[tuple[dict[str, Any], ...]] = (
    {"type": "audio-chunk", "data": SOUND},
    {"type": "audio-chunk", "data": {**SOUND, "rate": 22_050, "channels": 2}},
    {"type": "info", "data": INFO},
    {"type": "run-pipeline", "data": told_pipeline().data},
    {"type": "ping", "data": {"text": "x"}},
    {"type": "pong", "data": {}},
    {"type": "played"},
    {"type": "audio-start", "data": SOUND},
    {"type": "audio-stop"},
    {"type": "streaming-started"},
)
LENGTHS: Final = (0, 1, -1, 639, 10**7, 10**12, 2**70, 1.5, "many", None, [], True)
SIZES: Final = (640, 0, 1, 3, 1280, 64_000)


def message(dice: Dice) -> bytes:
    """Return an event, with something wrong about it or not, or no event at all."""
    if dice.one_in(10):
        return dice.some(40) + b"\n" * dice.number(2)
    header = {**dice.pick(SAMPLES)}
    if dice.one_in(3):
        header = mutated(dice, header)
    payload = b""
    if header.get("type") == "audio-chunk" or dice.one_in(6):
        payload = (VOICE * 34)[: dice.pick(SIZES)]
        header["payload_length"] = len(payload)
    if dice.one_in(4):
        data = json.dumps(header.pop("data", {})).encode()
        header["data_length"] = len(data)
        payload = data + payload
    if dice.one_in(8):
        header[dice.pick(("data_length", "payload_length"))] = dice.pick(LENGTHS)
    line = json.dumps(header, ensure_ascii=not dice.one_in(2))
    return line.encode("utf-8", "surrogatepass") + b"\n" + payload


def fuzz_wire(data: bytes) -> None:
    """Read what a satellite sent; raise where an event is not well formed."""
    dice = Dice(data)
    sent = b""
    while not dice.is_over and len(sent) < 200_000:
        sent += message(dice)
    run_at_once(_read(sent))


async def _read(sent: bytes) -> None:
    """Read events until the last."""
    wire = SatelliteWire(HOST, 1)
    reader = wire._reader = BoundedReader()
    reader.feed_data(sent)
    reader.feed_eof()
    decoder = _ChunkDecoder()
    while (event := await wire.receive()) is not None:
        _check(event)
        for frame in decoder.decode(event):
            assert 0 < len(frame) <= PCM_24K.bytes_of(100)
            assert len(frame) % PCM_24K.bytes_of(20) == 0


def _check(event: Event) -> None:
    """Check an event and what is read of it."""
    assert isinstance(event.type, str)
    assert isinstance(event.data, dict)
    assert event.payload is None or isinstance(event.payload, bytes)
    for read in (chunk_format(event), speaker_format(event)):
        if read is not None:
            assert isinstance(read, AudioFormat)
            assert_typed(read)


class _Complaints(logging.Handler):
    """What is logged as an error."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.records.append(record)


def fuzz_satellite(data: bytes) -> None:
    """Talk through a satellite over TCP; raise where anything but `LinkError` does."""
    complaints = _Complaints()
    LOGGER.addHandler(complaints)
    try:
        run(_visit(Dice(data)))
    finally:
        LOGGER.removeHandler(complaints)
    for record in complaints.records:
        if record.exc_info and record.exc_info[1]:
            raise record.exc_info[1]
    assert not complaints.records


async def _visit(dice: Dice) -> None:
    """Meet a satellite, then listen and speak for a while."""
    serving: list[asyncio.Task[None]] = []

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection as a task of ours."""
        serving.append(spawn(_be_satellite(dice, reader, writer), "satellite"))

    server = await asyncio.start_server(serve, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    try:
        if dice.one_in(3):
            await _meet(port)
        else:
            await _talk(dice, port)
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0)


async def _meet(port: int) -> None:
    """Ask a satellite who it is."""
    try:
        connection = await async_connect(HOST, port)
    except LinkError:
        return
    assert_typed(connection.info)
    await async_release(connection.wire)


async def _talk(dice: Dice, port: int) -> None:
    """Open both ends, speak, listen, close."""
    satellite = WyomingSatellite(HOST, port, spawn=spawn, clock=now)
    microphone = SatelliteMicrophone(satellite)
    speaker = SatelliteSpeaker(satellite, spawn=spawn, clock=now)
    listening = None
    try:
        await microphone.open()
        await speaker.open(Listener())
        listening = spawn(_listen(microphone), "ear")
        speaker.begin("one")
        speaker.write(VOICE * dice.number(30))
        speaker.finish()
        await asyncio.sleep(dice.pick((0.1, 1.0, 4.0)))
        assert isinstance(speaker.clear(), int)
        await asyncio.sleep(dice.pick((0.1, 8.0)))
    except LinkError:
        pass
    finally:
        await speaker.close()
        await microphone.close()
        if listening is not None:
            await listening


async def _listen(microphone: SatelliteMicrophone) -> None:
    """Take frames until they end."""
    with contextlib.suppress(LinkError):
        async for frame in microphone.frames():
            assert len(frame) % PCM_24K.bytes_of(20) == 0


async def _be_satellite(
    dice: Dice, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Greet as one should, mostly, then say anything."""
    with contextlib.suppress(ConnectionError), contextlib.closing(writer):
        for header in ({"type": "info", "data": INFO}, SAMPLES[3], SAMPLES[0]):
            said = mutated(dice, header) if dice.one_in(8) else {**header}
            payload = VOICE[:640] if header is SAMPLES[0] else b""
            said["payload_length"] = len(payload)
            writer.write(json.dumps(said).encode() + b"\n" + payload)
        for _ in range(30):
            if dice.is_over:
                break
            writer.write(message(dice))
            await writer.drain()
            await asyncio.sleep(dice.pick((0.0, 0.02, 0.5)))
            if dice.one_in(20):
                writer.transport.abort()
        await reader.read()
