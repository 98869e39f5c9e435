"""The job that every contender does: frames up every 20 ms, an answer's sound down.

A contender's process reads a line of JSON for each time it is to do the job, and prints
one: what it used, and how late it was. In between it sleeps.
"""

import asyncio
from collections.abc import Callable
import gc
import json
from pathlib import Path
import re
import sys
import time
from typing import Any, Protocol

from benchmarks.stamps import now, read, stamped

FRAME_S = 0.02
FRAME = bytes(960)
"""A frame of the microphone: 20 ms of PCM s16le mono 24 kHz."""

type Sink = Callable[[bytes], None]
"""Take PCM s16le mono 24 kHz of an answer."""


class Client(Protocol):
    """One conversation of a contender."""

    async def open(self, url: str) -> None:
        """Connect, and be configured."""

    async def hear(self, pcm: bytes) -> None:
        """Take a frame of the microphone."""

    async def close(self) -> None:
        """Hang up."""


class Ear:
    """Take the answers' sound of all conversations, and their times."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.bytes = 0
        self.delays_ms: list[float] = []

    def hear(self, pcm: bytes) -> None:
        """Take a piece of an answer."""
        self.bytes += len(pcm)
        if (sent := read(pcm)) is not None:
            self.delays_ms.append((now() - sent) / 1e6)


type MakeClient = Callable[[Sink], Client]


async def feed(client: Client, offset: float, ends: float) -> None:
    """Give a client a frame every 20 ms until the loop's time `ends`."""
    loop = asyncio.get_running_loop()
    due = loop.time() + offset
    while due < ends:
        await asyncio.sleep(max(0, due - loop.time()))
        await client.hear(stamped(FRAME))
        due += FRAME_S


async def watch_lag(lags_ms: list[float]) -> None:
    """Note how late the event loop is, every 10 ms."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 0.01
        await asyncio.sleep(0.01)
        lags_ms.append((loop.time() - due) * 1000)


def resident_kb() -> int:
    """Return the memory of this process in KiB."""
    gc.collect()
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


async def do(make: MakeClient, url: str, voices: int, seconds: float) -> dict[str, Any]:
    """Hold conversations for so long; return what they used."""
    ear = Ear()
    lags_ms: list[float] = []
    before = resident_kb()
    clients = [make(ear.hear) for _ in range(voices)]
    for client in clients:
        await client.open(url)
    loop = asyncio.get_running_loop()
    await _talk(clients, loop.time() + 0.5)  # All that is made at first use is made.
    ear.delays_ms.clear()
    began, cpu, ear.bytes = loop.time(), time.process_time(), 0
    watcher = loop.create_task(watch_lag(lags_ms))
    await _talk(clients, began + seconds)
    used, took = time.process_time() - cpu, loop.time() - began
    watcher.cancel()
    memory = resident_kb() - before
    for client in clients:
        await client.close()
    return {
        "voices": voices,
        "seconds": took,
        "cpu_s": used,
        "cpu_s_per_talking_minute": used / took * 60 / voices,
        "heard_s": ear.bytes / 48_000,
        "memory_kb_per_voice": memory / voices,
        "delays_ms": ear.delays_ms,
        "lags_ms": lags_ms,
    }


async def _talk(clients: list[Client], ends: float) -> None:
    """Feed all clients at once, evenly spread over a frame's time."""
    step = FRAME_S / len(clients)
    await asyncio.gather(
        *(feed(client, number * step, ends) for number, client in enumerate(clients))
    )


def main(make: MakeClient) -> None:
    """Do the job whenever a line says how, until the standard input ends."""
    for line in sys.stdin:
        done = asyncio.run(do(make, **json.loads(line)))
        print(json.dumps(done), flush=True)
