"""Tests of how the benchmark reckons with what it saw on whole paths."""

import asyncio
import itertools

import pytest
from wyoming.event import Event, async_read_event

from benchmarks.paths.crowd import fit
from benchmarks.paths.satellite import encode
from benchmarks.paths.speakers import _completed, _lateness, _pairs

MS = 1_000_000


def test_a_straight_growth_has_its_slope_and_is_straight() -> None:
    """What lies beyond a hundred voices bends no line."""
    assert fit({1: 3.0, 10: 21.0, 100: 201.0, 125: 999.0}) == pytest.approx((2.0, 1.0))


def test_a_growth_that_bends_is_less_straight() -> None:
    """As the square of the voices is."""
    _, straight = fit({voices: voices**2 for voices in (1, 10, 25, 50, 75, 100)})
    assert straight < 0.95


def test_a_delta_is_as_late_as_the_last_byte_that_it_completes() -> None:
    """Neither those from before the player came are counted, nor the last one."""
    sent = [0, 60 * MS, 120 * MS]
    arrivals = [(10 * MS, 100), (63 * MS, 250), (64 * MS, 300), (180 * MS, 500)]
    assert _lateness(sent, {"arrivals": arrivals}, [100, 300, 500]) == [4.0]


def test_a_fetch_belongs_to_the_response_before_it() -> None:
    """One that came much later is somebody else's, and silence has no frame."""
    early, late = [0, 60 * MS], [3000 * MS]
    of_early = {"ordered_at": 5 * MS, "first_frame_at": 9 * MS}
    lost = {"ordered_at": 2900 * MS, "first_frame_at": 2901 * MS}
    silent = {"ordered_at": 3001 * MS, "first_frame_at": 0}
    noted = {"responses": [early, late], "players": [of_early, lost, silent]}
    assert _pairs(noted) == [(early, of_early)]


def test_each_delta_completes_a_frame() -> None:
    """So that each can be told apart."""
    sizes = _completed(60)
    assert all(before < after for before, after in itertools.pairwise(sizes))


async def test_the_light_satellite_speaks_as_the_library_reads() -> None:
    """A chunk of its microphone."""
    data = {"rate": 16_000, "width": 2, "channels": 1}
    reader = asyncio.StreamReader()
    reader.feed_data(encode("audio-chunk", data, b"\n\0"))
    assert await async_read_event(reader) == Event("audio-chunk", data, b"\n\0")
