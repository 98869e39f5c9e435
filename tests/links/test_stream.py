"""Tests of streams that grow while they are fetched, in virtual time."""

import asyncio
import weakref

import pytest

from custom_components.realtime_pumpkin.audio.mp3 import (
    BYTES_PER_MS,
    ENCODER_DELAY_MS,
    FRAME_BYTES,
)
from custom_components.realtime_pumpkin.links.stream import LEAD_MS, AudioStream, Fetch
from tests.garbage import uncollected
from tests.links.virtual_time import now, run, spawn, until


class Reader:
    """A player that takes all it is given."""

    def __init__(self, fetch: Fetch) -> None:
        """Fetch from now on."""
        self.fetch = fetch
        self.chunks: list[tuple[float, bytes]] = []
        self.task = spawn(self._read(), "reader")

    @property
    def data(self) -> bytes:
        """Return what was fetched."""
        return b"".join(chunk for _, chunk in self.chunks)

    async def _read(self) -> None:
        """Take chunks to the end, or until the player hangs up."""
        try:
            while (chunk := await self.fetch.next_chunk()) is not None:
                self.chunks.append((now(), chunk))
        finally:
            self.fetch.close()

    async def hang_up(self) -> None:
        """Take nothing more."""
        self.task.cancel()
        await asyncio.wait([self.task])


def stream(latency_ms: float = 0) -> AudioStream:
    """Return an empty stream."""
    return AudioStream(clock=now, latency_ms=latency_ms)


def mp3(ms: int) -> bytes:
    """Return whole frames of about so many ms that can be told apart."""
    frames = ms * BYTES_PER_MS // FRAME_BYTES
    return b"".join(bytes([n % 251]) * FRAME_BYTES for n in range(frames))


def read(source: AudioStream) -> Reader:
    """Begin to fetch a stream."""
    return Reader(source.fetch(lambda: None))


def test_two_seconds_leave_at_once_and_the_rest_at_the_pace_of_the_ear() -> None:
    """Never more than two seconds ahead of real time, and never late."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(10_000))
        source.complete()
        begin = now()
        reader = read(source)
        await reader.task
        assert reader.data == mp3(10_000)
        sent_ms = 0.0
        for at, chunk in reader.chunks:
            played_ms = (at - begin) * 1000
            assert sent_ms + 1 >= min(played_ms, sent_ms)
            assert sent_ms > played_ms or not sent_ms
            sent_ms += len(chunk) / BYTES_PER_MS
            assert sent_ms - played_ms <= LEAD_MS + 1
        first_at, first = reader.chunks[0]
        assert first_at - begin < 0.001
        assert len(first) / BYTES_PER_MS == pytest.approx(LEAD_MS, abs=24)
        assert now() - begin == pytest.approx(8, abs=0.2)

    run(scenario())


def test_what_is_added_reaches_a_waiting_player_at_once() -> None:
    """A player that has all there is gets the next frames as they come."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(240))
        reader = read(source)
        await asyncio.sleep(1)
        source.append(mp3(24))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert reader.data == mp3(240) + mp3(24)
        source.complete()
        await reader.task

    run(scenario())


def test_every_fetch_starts_at_the_beginning() -> None:
    """Also the second one, also beside the first."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(1000))
        first = read(source)
        await asyncio.sleep(0.5)
        second = read(source)
        source.append(mp3(1000))
        source.complete()
        await asyncio.wait([first.task, second.task])
        third = read(source)
        await third.task
        assert first.data == second.data == third.data == mp3(1000) * 2

    run(scenario())


def test_an_aborted_stream_gives_nothing_more() -> None:
    """Neither to whom it was serving nor to who comes later."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(10_000))
        reader = read(source)
        await asyncio.sleep(0.5)
        size = len(reader.data)
        source.abort()
        await reader.task
        assert len(reader.data) == size
        late = read(source)
        await late.task
        assert not late.data

    run(scenario())


def test_a_player_that_takes_nothing_is_cut_off_when_the_stream_is_aborted() -> None:
    """Its connection would stay open with the handler in it."""

    async def scenario() -> None:
        cut = []
        source = stream()
        source.append(mp3(10_000))
        fetch = source.fetch(lambda: cut.append(True))
        assert await fetch.next_chunk()
        source.abort()
        assert cut
        fetch.close()

    run(scenario())


def test_a_stream_without_an_address_keeps_no_sound() -> None:
    """What it was like is still known."""
    source = stream()
    source.append(mp3(1000))
    length_ms = source.length_ms
    source.retire()
    assert not source.part(0, source.size())
    assert source.has_data
    assert source.length_ms == length_ms


def test_who_fetches_when_the_address_ends_gets_the_rest() -> None:
    """The sound is kept until the last of them has it."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(1000))
        reader = read(source)
        await until(lambda: reader.data)
        source.retire()
        source.append(mp3(500))
        source.complete()
        await reader.task
        assert reader.data == mp3(1000) + mp3(500)
        assert reader.fetch.has_all
        assert not source.part(0, source.size())

    run(scenario())


def test_a_stream_without_an_address_and_its_fetches_let_each_other_go() -> None:
    """How much was heard is still known."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(1000))
        source.complete()
        reader = read(source)
        await reader.task
        await asyncio.sleep(2)
        heard_ms = source.heard_ms()
        assert heard_ms > 900
        source.retire()
        assert source.heard_ms() == heard_ms
        with uncollected():
            fetch = weakref.ref(reader.fetch)
            del reader
            assert fetch() is None

    run(scenario())


def test_the_last_of_several_fetches_is_the_player() -> None:
    """Probes hang up; who has it all still counts after that."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(1000))
        probe = read(source)
        await until(lambda: probe.data)
        player = read(source)
        await until(lambda: player.data)
        assert source.player is player.fetch
        await probe.hang_up()
        assert source.player is player.fetch
        assert source.hung_up_at is None
        source.complete()
        await player.task
        assert source.player is player.fetch
        assert source.hung_up_at is None

    run(scenario())


def test_a_probe_after_the_player_gives_the_stream_back_to_it() -> None:
    """Home Assistant or a second device may look at the address too."""

    async def scenario() -> None:
        source = stream()
        source.append(mp3(1000))
        player = read(source)
        await until(lambda: player.data)
        probe = read(source)
        await until(lambda: probe.data)
        await probe.hang_up()
        assert source.player is player.fetch
        await player.hang_up()
        assert source.player is None
        assert source.hung_up_at == now()

    run(scenario())


def test_what_is_heard_starts_after_the_speakers_and_the_encoders_delay() -> None:
    """Both lie between the first byte and the first sample of speech."""

    async def scenario() -> None:
        source = stream(latency_ms=300)
        source.append(mp3(2000))
        source.complete()
        begin = now()
        reader = read(source)
        await reader.task
        delay = (300 + ENCODER_DELAY_MS) / 1000
        assert reader.fetch.audible_at == pytest.approx(begin + delay, abs=0.001)
        await asyncio.sleep(begin + delay + 1 - now())
        assert reader.fetch.heard_ms() == pytest.approx(1000, abs=1)

    run(scenario())


def test_a_player_that_collects_more_than_it_gets_is_heard_all_the_same() -> None:
    """It is kept two seconds ahead, so more than that never is what it waits for."""

    async def scenario() -> None:
        source = AudioStream(clock=now, latency_ms=0, prebuffer_ms=10_000)
        source.append(mp3(20_000))
        began = now()
        reader = read(source)
        await asyncio.sleep(3)
        assert reader.fetch.audible_at is not None
        assert reader.fetch.audible_at < began + 1
        await reader.hang_up()

    run(scenario())
