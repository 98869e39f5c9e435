"""Streams that somebody may try to fetch."""

import asyncio

from custom_components.realtime_pumpkin.links.stream import AudioStream
from tests.links.test_stream import mp3


def stream(*, is_complete: bool = True) -> AudioStream:
    """Return a stream with something in it."""
    result = AudioStream(clock=asyncio.get_running_loop().time, latency_ms=0)
    result.append(mp3(240))
    if is_complete:
        result.complete()
    return result
