"""The local Realtime server as a process: how fast, how small, how many at once."""

import asyncio
from pathlib import Path
from statistics import median

import pytest

from demo.realtime_server.voices import Voices

from .crowd import Noted, Visitor, running_server

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def line(tmp_path: Path) -> bytes:
    """Return a visitor's line."""
    spoken = await Voices(tmp_path).speak("Trick or treat!", "ballad", 1.0)
    assert spoken
    return spoken


def nearly_all(values: list[float]) -> float:
    """Return what 99 % of values stay below: a busy machine delays single deltas."""
    return sorted(values)[len(values) * 99 // 100]


async def test_it_starts_within_two_seconds() -> None:
    """The median of three starts, from the command to the open port."""
    starts = []
    for _ in range(3):
        async with running_server() as server:
            starts.append(server.started_s)
    assert median(starts) < 2


async def test_twenty_visitors_are_answered_in_real_time_with_voices(
    line: bytes,
) -> None:
    """All are heard, nobody's answer has a gap, and memory stays below 200 MB."""
    noted = Noted()
    async with running_server("--think-ms", "0") as server:
        await _warm(server.port, line)
        visits = [
            Visitor(server.port, line, noted).visit(
                3, speaks_first=False, pause_s=1 + number * 0.15
            )
            for number in range(20)
        ]
        async with asyncio.timeout(120):
            await asyncio.gather(*visits)
        memory = server.memory_mb()
    assert noted.errors == []
    assert noted.answers == 60
    assert noted.transcripts == ["trick or treat"] * 40
    assert nearly_all(noted.lateness_s) < 0.1
    assert median(noted.waits_s) < 1.5
    assert memory < 200


async def test_two_hundred_visitors_are_served_from_the_can(line: bytes) -> None:
    """Each gets three answers to its microphone, played without gaps."""
    noted = Noted()
    async with running_server("--canned") as server:
        visits = [
            Visitor(server.port, b"", noted).visit(3, speaks_first=True, pause_s=0)
            for _ in range(200)
        ]
        async with asyncio.timeout(120):
            await asyncio.gather(*visits)
    assert noted.errors == []
    assert noted.answers == 600
    assert nearly_all(noted.lateness_s) < 0.5


async def _warm(port: int, line: bytes) -> None:
    """Let one visitor have every sentence rendered that the others will hear."""
    await Visitor(port, line, Noted()).visit(3, speaks_first=False, pause_s=0.1)
