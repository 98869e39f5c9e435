"""From the action that starts a conversation to its first sound at the satellite.

The server answers at once and the satellite has a chunk of its microphone ready; what
they need of that time themselves is measured on their side and taken off.
"""

import asyncio
from typing import Final

from benchmarks.measures import Measure, middle, quantile, table

from .rig import Rig, rig

_ROUNDS: Final = 12


async def measure() -> list[Measure]:
    """Return the waits, cold and prepared."""
    async with rig("--turn-ms", "600000") as bench:
        ports = await bench.world.ask("satellites", count=1)
        voice = await bench.add_voices(ports)
        await _start(bench, voice["entities"], prepares=False)
        cold, prepared = [], []
        for _ in range(_ROUNDS):
            cold.append(await _start(bench, voice["entities"], prepares=False))
            prepared.append(await _start(bench, voice["entities"], prepares=True))
    return [
        Measure("trigger to first sound, cold", middle(cold), "ms", 120),
        Measure("trigger to first sound, cold, p90", quantile(cold, 0.9), "ms"),
        Measure("trigger to first sound, prepared", middle(prepared), "ms", 20),
        Measure("trigger to first sound, prepared, p90", quantile(prepared, 0.9), "ms"),
    ]


async def _start(bench: Rig, voices: list[str], *, prepares: bool) -> float:
    """Start a conversation; return how long nothing was heard, in ms."""
    if prepares:
        await bench.home.ask("act", action="prepare", entities=voices)
    await asyncio.sleep(0.3)
    await bench.world.ask("take")
    [began] = await bench.home.ask("act", action="start_conversation", entities=voices)
    await asyncio.sleep(0.7)
    noted = await bench.world.ask("take")
    await bench.home.ask("act", action="stop_conversation", entities=voices)
    await asyncio.sleep(0.2)
    first: int = noted["satellites"][0]["first_sound_at"]
    assert first, noted
    return (first - began) / 1e6


if __name__ == "__main__":
    print(table(asyncio.run(measure())))
