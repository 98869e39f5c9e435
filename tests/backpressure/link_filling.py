"""Fill what waits at microphones and speakers while nobody takes anything out of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.links import deck, room, stream, wyoming_wire
from custom_components.realtime_pumpkin.links.browser import BrowserPort
from custom_components.realtime_pumpkin.links.browser_microphone import (
    BrowserMicrophone,
)
from custom_components.realtime_pumpkin.links.browser_speaker import BrowserSpeaker
from custom_components.realtime_pumpkin.links.frames import FrameQueue
from custom_components.realtime_pumpkin.links.media_player import MediaPlayerSpeaker
from custom_components.realtime_pumpkin.links.player import MediaPlayer
from custom_components.realtime_pumpkin.links.stream_view import AudioStreams
from custom_components.realtime_pumpkin.links.wyoming import WyomingSatellite
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from tests.links.satellite import HOST
from tests.links.tab import Tab
from tests.links.virtual_time import now, spawn

FRAME: Final = bytes(PCM_24K.bytes_of(20))
SECOND: Final = bytes(PCM_24K.bytes_of(1000))
KEPT_MS: Final = 5000

type Kept = tuple[int, int]
"""How much is kept, and the most that may be."""

type Fill = Callable[[int], Awaitable[Kept]]


async def frames(pushes: int) -> Kept:
    """Let a microphone be heard by nobody."""
    queue = FrameQueue()
    for _ in range(pushes):
        queue.put(FRAME)
    return sum(map(len, queue._frames)), PCM_24K.bytes_of(KEPT_MS)


async def browser_frames(pushes: int) -> Kept:
    """Let a tab be heard by nobody."""
    port = BrowserPort("Pumpkin", lambda: None)
    tab = Tab(port)
    tab.attach()
    ears = BrowserMicrophone(port, hears_own_speaker_only=True)
    opening = asyncio.ensure_future(ears.open())
    await asyncio.sleep(0)
    tab.report(type="microphone", on=True, rate=24_000)
    await opening
    for _ in range(pushes):
        tab.hear(FRAME)
    kept = sum(map(len, ears._frames._frames))
    await ears.close()
    return kept, PCM_24K.bytes_of(KEPT_MS)


async def satellite_event(pushes: int) -> Kept:
    """Let a satellite announce a payload without end, and send it."""
    sent = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send for as long as somebody reads."""
        nonlocal sent
        size = pushes * len(SECOND)
        header = f'{{"type": "audio-chunk", "data": {{}}, "payload_length": {size}}}\n'
        writer.write(header.encode())
        try:
            for _ in range(pushes):
                writer.write(SECOND)
                await writer.drain()
                sent += len(SECOND)
        except ConnectionError:
            pass
        writer.transport.abort()

    async with await asyncio.start_server(serve, HOST, 0) as server:
        wire = wyoming_wire.SatelliteWire(HOST, server.sockets[0].getsockname()[1])
        await wire.connect()
        event = await wire.receive()
        assert event is None
        assert wire._reader is not None
        kept = len(cast("Any", wire._reader)._buffer)
        await wire.hang_up()
        await asyncio.sleep(0.01)
    return kept, wyoming_wire._LONGEST_PART


async def satellite_speech(pushes: int) -> Kept:
    """Speak to a satellite that takes nothing."""
    satellite = WyomingSatellite(HOST, 1, spawn=spawn, clock=now)
    speaker = SatelliteSpeaker(satellite, spawn=spawn, clock=now)
    _speak(speaker, pushes)
    return sum(each.waiting_bytes for each in speaker._queue), room._MOST_BYTES


async def browser_speech(pushes: int) -> Kept:
    """Speak to a tab that is away."""
    speaker = BrowserSpeaker(BrowserPort("Pumpkin", lambda: None), clock=now)
    _speak(speaker, pushes)
    kept = sum(each.size for each in speaker._queue)
    speaker.clear()
    return kept, room._MOST_BYTES


async def player_speech(pushes: int) -> Kept:
    """Speak to a player that fetches nothing."""
    speaker = MediaPlayerSpeaker(
        cast("MediaPlayer", None), AudioStreams(), spawn=spawn, clock=now
    )
    _speak(speaker, pushes)
    return sum(each.pcm_bytes for each in speaker._queue), room._MOST_BYTES


async def fetches(pushes: int) -> Kept:
    """Fetch the same sound again and again."""
    mp3, cut = stream.AudioStream(clock=now, latency_ms=300), []
    mp3.append(bytes(stream.FRAME_BYTES * 4))
    for number in range(pushes):
        fetch = mp3.fetch(lambda number=number: cut.append(number))
        assert await fetch.next_chunk()
    assert len(cut) == pushes - stream.MOST_FETCHES
    return len(mp3._fetches), stream.MOST_FETCHES


class _DeafPlayer:
    """A player that never answers."""

    entity_id = "media_player.deaf"
    stops_by_command = True
    is_taken = False

    async def async_play(self, url: str) -> None:
        """Never come back."""
        await asyncio.Event().wait()


async def orders(pushes: int) -> Kept:
    """Order a player that answers nothing to play."""
    player = cast("MediaPlayer", _DeafPlayer())
    at = deck.Deck(player, AudioStreams(), spawn=spawn, clock=now)
    for _ in range(pushes):
        at.play(stream.AudioStream(clock=now, latency_ms=300))
        at.retire()
        await asyncio.sleep(0.01)
    kept = max(len(at._tasks), len(at._done_with))
    await at.async_close()
    return kept, deck.MOST_ORDERS


def _speak(speaker: Any, pushes: int) -> None:
    """Say utterance after utterance, a second each time."""
    for number in range(pushes):
        if number % 50 == 0:
            speaker.begin(f"utterance_{number}")
        speaker.write(SECOND)
