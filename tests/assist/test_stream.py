"""Tests of what a satellite hears during one run, in virtual time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.links.satellite_stream import (
    PIPELINE_FORMAT,
    SatelliteStream,
)
from tests.audio.signals import cut, noise
from tests.links.virtual_time import run, spawn

CHUNK_MS = 10


async def chunks(pcm: bytes, then: asyncio.Event | None = None) -> AsyncIterator[bytes]:
    """Yield sound in real time as a pipeline does, then wait where told to."""
    for chunk in cut(pcm, [PIPELINE_FORMAT.bytes_of(CHUNK_MS)]):
        await asyncio.sleep(CHUNK_MS / 1000)
        yield chunk
    if then is not None:
        await then.wait()


def test_every_chunk_arrives_in_order_as_frames_of_20_ms() -> None:
    """Nothing is lost between the pipeline and the session in a minute."""
    sound = noise(PIPELINE_FORMAT.rate, 60_000)

    async def scenario() -> tuple[SatelliteStream, list[bytes]]:
        stream = SatelliteStream("assist_satellite.porch")
        reading = asyncio.ensure_future(stream.async_read(chunks(sound)))
        frames = [frame async for frame in stream.frames(3)]
        await reading
        return stream, frames

    stream, frames = run(scenario())
    assert stream.dropped == 0
    assert {len(frame) for frame in frames} == {PCM_24K.bytes_of(20)}
    assert len(b"".join(frames)) == PCM_24K.bytes_of(60_000)


def test_what_nobody_takes_is_bounded_and_counted() -> None:
    """The newest five seconds are kept."""

    async def scenario() -> SatelliteStream:
        stream = SatelliteStream("assist_satellite.porch")
        await stream.async_read(chunks(bytes(PIPELINE_FORMAT.bytes_of(8_000))))
        kept = [frame async for frame in stream.frames(3)]
        assert len(b"".join(kept)) == PCM_24K.bytes_of(5_000)
        return stream

    assert run(scenario()).dropped == 150


def test_closing_ends_the_run_though_the_satellite_goes_on() -> None:
    """The pipeline's stage returns, whatever its stream does."""

    async def scenario() -> None:
        stream = SatelliteStream("assist_satellite.porch")
        sound = bytes(PIPELINE_FORMAT.bytes_of(100))
        reading = spawn(stream.async_read(chunks(sound, asyncio.Event())), "run")
        assert await stream.async_wait_for_sound(1)
        stream.close()
        await reading

    run(scenario())


def test_a_run_that_was_closed_before_it_is_read_ends_at_once() -> None:
    """Nobody wants it any more."""

    async def scenario() -> None:
        stream = SatelliteStream("assist_satellite.porch")
        stream.close()
        await stream.async_read(chunks(b"", asyncio.Event()))
        assert stream.is_over

    run(scenario())


def test_a_silence_of_the_satellite_is_an_error() -> None:
    """Muted satellites just stop to send."""

    async def scenario() -> None:
        stream = SatelliteStream("assist_satellite.porch")
        sound = bytes(PIPELINE_FORMAT.bytes_of(100))
        reading = spawn(stream.async_read(chunks(sound, asyncio.Event())), "run")
        with pytest.raises(TimeoutError):
            async for _ in stream.frames(3):
                pass
        stream.close()
        await reading

    run(scenario())


def test_a_run_that_is_cancelled_says_so_to_the_pipeline() -> None:
    """Home Assistant must see its own cancellation; the frames just end."""

    async def scenario() -> None:
        stream = SatelliteStream("assist_satellite.porch")
        sound = bytes(PIPELINE_FORMAT.bytes_of(100))
        reading = spawn(stream.async_read(chunks(sound, asyncio.Event())), "run")
        assert await stream.async_wait_for_sound(1)
        reading.cancel()
        async for _ in stream.frames(3):
            pass
        assert reading.cancelled()

    run(scenario())
