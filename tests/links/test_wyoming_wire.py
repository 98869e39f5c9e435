"""Tests of a Wyoming connection whose other side sends what it likes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest.mock import patch

import pytest
from wyoming.event import Event, async_read_event

from custom_components.realtime_pumpkin.links.wyoming_wire import (
    CONNECT_TIMEOUT_S,
    SatelliteWire,
    encode,
)
from tests.links.satellite import HOST
from tests.links.virtual_time import now, run

pytestmark = pytest.mark.usefixtures("socket_enabled")

GOOD = b'{"type": "good"}\n'
GARBAGE = [
    b"\n",
    b"no JSON\n",
    b"7\n",
    b"[]\n",
    b'{"no": "type"}\n',
    b'{"type": 7}\n',
    b'{"type": "x", "data": []}\n',
    b'{"type": "x", "data_length": "many"}\n',
    b'{"type": "x", "data_length": 1}\n7',
    b"[" * 50_000 + b"\n",
]


@asynccontextmanager
async def wired(sent: bytes, *, stays: bool = True) -> AsyncIterator[SatelliteWire]:
    """Connect to a peer that sends this, and stays until we leave or goes at once."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say it all."""
        writer.write(sent)
        if stays:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(speak, HOST, 0)
    wire = SatelliteWire(HOST, server.sockets[0].getsockname()[1])
    try:
        await wire.connect()
        yield wire
    finally:
        await wire.hang_up()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda sent: repr(sent[:40]))
async def test_garbage_is_skipped_up_to_the_next_event(garbage: bytes) -> None:
    """What kind it is makes no difference."""
    async with wired(garbage + GOOD) as wire:
        event = await wire.receive()
        assert event is not None
        assert event.type == "good"


async def test_nothing_but_garbage_ends_the_connection() -> None:
    """Both sides no longer agree on where a message begins."""
    async with wired(b"[]\n" * 32 + GOOD) as wire:
        assert await wire.receive() is None


@pytest.mark.parametrize(
    "cut", [b"", b'{"type": "x", "payload_length": 9}\nshort', b"no JSON"]
)
async def test_a_peer_that_leaves_in_the_middle_ends_the_connection(cut: bytes) -> None:
    """Half a message is none."""
    async with wired(cut, stays=False) as wire:
        assert await wire.receive() is None


async def test_nothing_is_sent_over_a_connection_that_was_lost() -> None:
    """The sender is told so instead of an exception."""
    async with wired(b"") as wire:
        assert await wire.send(Event("ping"))
        wire.abort()
        assert not await wire.send(Event("ping"))


async def test_a_connection_that_was_hung_up_is_quiet() -> None:
    """Whoever still holds it neither hears nor says anything."""
    async with wired(GOOD) as wire:
        await wire.hang_up()
        await wire.hang_up()
        assert await wire.receive() is None
        assert not await wire.send(Event("ping"))
        wire.abort()


@pytest.mark.parametrize(
    "event",
    [
        Event("ping"),
        Event("audio-stop", {"timestamp": None}),
        Event("audio-chunk", {"rate": 22_050, "width": 2, "channels": 1}, b"\n\0\1"),
        Event("pong", {"text": "Kürbis 🎃"}),
    ],
    ids=lambda event: event.type,
)
async def test_what_we_write_the_library_reads(event: Event) -> None:
    """Every satellite reads events with it, or as it does."""
    reader = asyncio.StreamReader()
    reader.feed_data(encode(event) + encode(Event("next")))
    assert await async_read_event(reader) == event
    assert await async_read_event(reader) == Event("next")


async def test_an_event_leaves_in_one_piece() -> None:
    """Each piece would be a system call and a packet of its own."""
    async with wired(b"") as wire:
        assert wire._writer is not None
        with patch.object(wire._writer.transport, "write") as write:
            assert await wire.send(Event("audio-chunk", {"rate": 16_000}, b"\0\0"))
        assert write.call_count == 1


def test_an_address_that_lets_nobody_connect_is_given_up() -> None:
    """A firewall that swallows packets says nothing at all."""

    async def scenario() -> float:
        nobody = asyncio.Event()

        async def connect(*_: object) -> None:
            await nobody.wait()

        began = now()
        with (
            patch.object(asyncio.get_running_loop(), "create_connection", connect),
            pytest.raises(TimeoutError),
        ):
            await SatelliteWire(HOST, 1).connect()
        return now() - began

    assert run(scenario()) == pytest.approx(CONNECT_TIMEOUT_S, abs=0.1)


def test_a_satellite_that_reads_nothing_cannot_keep_its_socket() -> None:
    """What was sent is waited for, but not for ever."""

    async def scenario() -> float:
        reads = asyncio.Event()

        async def deaf(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reads.wait()
            writer.close()

        async with await asyncio.start_server(deaf, HOST, 0) as server:
            wire = SatelliteWire(HOST, server.sockets[0].getsockname()[1])
            await wire.connect()
            much = Event("audio-chunk", payload=bytes(2**25))
            sending = asyncio.ensure_future(wire.send(much))
            await asyncio.sleep(0.1)
            began = now()
            await wire.hang_up()
            took = now() - began
            reads.set()
            await sending
        return took

    assert run(scenario()) < 1.5
