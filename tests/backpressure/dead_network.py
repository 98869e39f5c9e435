"""Microphones that are heard for hours while the network is of no use."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
import gc
import logging
import tracemalloc
from typing import Final, override

from openai import AsyncOpenAI

from custom_components.realtime_pumpkin.audio.formats import AudioFormat
from custom_components.realtime_pumpkin.call import Call
from custom_components.realtime_pumpkin.client import RealtimeAccount
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from custom_components.realtime_pumpkin.realtime.config import Behaviour, SessionConfig
from custom_components.realtime_pumpkin.realtime.errors import RealtimeError
from custom_components.realtime_pumpkin.realtime.events import (
    ConversationUpdate,
    Phase,
    ToolCalled,
)
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from custom_components.realtime_pumpkin.rehearsal import Plan, ResponseRequest, Say
from custom_components.realtime_pumpkin.tools import Toolbox
from tests.links.satellite import HOST, PCM_16K, link_to
from tests.links.virtual_time import now, spawn
from tests.soak.fragile_server import FragileServer
from tests.soak.porch import EndlessSatellite

PCM_24K: Final = AudioFormat(24_000)
CHUNK_MS: Final = 64
"""What `wyoming-satellite` sends at once, at 16 kHz."""

_LONGEST_S: Final = 3600.0
_AGAIN_S: Final = 5.0


class SteadySatellite(EndlessSatellite):
    """A satellite that sends chunks of 64 ms, whoever listens."""

    @override
    async def _listen(self, writer: asyncio.StreamWriter) -> None:
        """Send a chunk, and wait until the next one is full."""
        pcm = bytes(self.microphone.bytes_of(CHUNK_MS))
        chunk = self._bytes_of(pcm)
        begin, count = now(), 0
        while self._owner is writer and not self.is_paused:
            writer.write(chunk)
            await writer.drain()
            count += 1
            await asyncio.sleep(max(0.0, begin + count * CHUNK_MS / 1000 - now()))

    def _bytes_of(self, pcm: bytes) -> bytes:
        """Return a chunk as it goes over the wire."""
        rate = self.microphone.rate
        header = (
            f'{{"type": "audio-chunk", "version": "1.0.0", "data": {{"rate": {rate},'
            f' "width": 2, "channels": 1}}, "payload_length": {len(pcm)}}}\n'
        )
        return header.encode() + pcm


class Silent:
    """A brain with little to say."""

    def plan(self, request: ResponseRequest) -> Plan:
        """Say one word."""
        return Plan((Say("Boo!", duration_ms=300),))

    def hear(self, pcm: bytes) -> str | None:
        """Hear nothing."""
        return None


class Nobody:
    """An observer who looks away."""

    def conversation_updated(self, update: ConversationUpdate) -> None:
        """Hear of one thing that happened."""

    def phase_changed(self, phase: Phase) -> None:
        """Hear what the voice is doing."""

    def tool_called(self, call: ToolCalled) -> None:
        """Run no tool."""


@dataclass
class Porch:
    """A satellite, a server, and conversations that start again and again."""

    satellite: SteadySatellite
    server: FragileServer
    url: str
    held: int = 0
    lost: int = 0

    @property
    def heard_s(self) -> float:
        """Return for how long the satellite has been heard by now."""
        return now() - 1000.0

    async def talk(self) -> None:
        """Hold a conversation after the other, for ever."""
        while True:
            link = link_to(self.satellite)
            speaker = SatelliteSpeaker(link, spawn=spawn, clock=now)
            client = AsyncOpenAI(api_key="soak", base_url=self.url)
            account = RealtimeAccount(client, None, {})
            session = RealtimeSession(
                SessionConfig("You are a pumpkin.", "echo", "gpt-transcribe"),
                Behaviour(idle_timeout=_LONGEST_S, max_duration=_LONGEST_S),
                connect=partial(account.async_connect, "gpt-realtime"),
                speaker=speaker,
                observer=Nobody(),
            )
            microphone = SatelliteMicrophone(link)
            call = Call(microphone, speaker, session, Toolbox(), lambda _: None)
            try:
                await call.async_open()
                await call.async_run()
                self.held += 1
            except RealtimeError:
                self.lost += 1
                await asyncio.sleep(_AGAIN_S)
            finally:
                await client.close()


async def lost_for_good(porch: Porch) -> None:
    """Break the network in each conversation, for longer than it is tried for."""
    while True:
        porch.server.is_down = False
        await asyncio.sleep(20)
        porch.server.is_down = True
        porch.server.cut()
        await asyncio.sleep(40)


async def reconnecting(porch: Porch) -> None:
    """Break the network again and again, and let it come back in time."""
    while True:
        porch.server.is_down = False
        await asyncio.sleep(3)
        porch.server.is_down = True
        porch.server.cut()
        await asyncio.sleep(5)


async def half_open(porch: Porch) -> None:
    """Let the server take nothing more, without a word."""
    while True:
        await asyncio.sleep(5)
        porch.server.stall()


async def nobody_talks(porch: Porch) -> None:
    """Let all be well, and quiet."""
    await asyncio.Event().wait()


type Disturb = Callable[[Porch], Awaitable[None]]

SCENARIOS: Final[Mapping[str, tuple[Disturb, AudioFormat]]] = {
    "the network is lost for good": (lost_for_good, PCM_16K),
    "the network is lost again and again": (reconnecting, PCM_24K),
    "the network takes nothing, without a word": (half_open, PCM_16K),
    "nobody talks": (nobody_talks, PCM_24K),
}


@asynccontextmanager
async def porch_of(microphone: AudioFormat) -> AsyncIterator[Porch]:
    """Have a satellite and a server."""
    satellite = SteadySatellite(microphone=microphone)
    await satellite.start()
    server = FragileServer(Silent)
    try:
        async with server.listening(HOST, 0) as port:
            yield Porch(satellite, server, f"http://{HOST}:{port}/v1")
    finally:
        await satellite.stop()


async def kept_kb(name: str, warm_up_s: float, steps: int, step_s: float) -> list[int]:
    """Return what is allocated (KiB) after the warm-up, and after each step."""
    disturb, microphone = SCENARIOS[name]
    logging.disable()  # What pytest keeps of it would be counted.
    async with porch_of(microphone) as porch:
        tasks = [asyncio.ensure_future(work) for work in (porch.talk(), disturb(porch))]
        try:
            await asyncio.sleep(warm_up_s)
            tracemalloc.start()
            found = [_allocated_kb()]
            for _ in range(steps):
                await asyncio.sleep(step_s)
                found.append(_allocated_kb())
                assert not any(task.done() for task in tasks)
        finally:
            tracemalloc.stop()
            logging.disable(logging.NOTSET)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
    assert porch.server.sessions
    assert not porch.satellite.faults, porch.satellite.faults
    return found


def _allocated_kb() -> int:
    """Return what is in use, once garbage was collected."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0] // 1024
