"""From the action that starts a conversation to its first sound at the satellite.

The server answers at once and the satellite has a chunk of its microphone ready; what
they need of that time themselves is measured on their side and taken off.
"""

import asyncio
from typing import Final

from benchmarks.measures import Measure, middle, quantile

from .rig import Rig, rig

_ROUNDS: Final = 10
_REST_S: Final = 0.4
_HEARD_S: Final = 0.6
_AT_ONCE: Final = {"goodbye": False}


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
    return [*_waits("cold", cold, 120), *_waits("prepared", prepared, 20)]


def _waits(how: str, waits_ms: list[float], goal: float) -> list[Measure]:
    """Return the lines of one way to start."""
    name = f"trigger to first sound, {how}"
    return [
        Measure(name, middle(waits_ms), "ms", goal, samples=waits_ms),
        Measure(f"{name}, p90", quantile(waits_ms, 0.9), "ms"),
    ]


async def _start(bench: Rig, voices: list[str], *, prepares: bool) -> float:
    """Start a conversation; return how long nothing was heard, in ms."""
    if prepares:
        await bench.home.ask("act", action="prepare", entities=voices)
    await asyncio.sleep(_REST_S)
    await bench.world.ask("take")
    began: int
    [began] = await bench.home.ask("act", action="start_conversation", entities=voices)
    await asyncio.sleep(_HEARD_S)
    noted = await bench.world.ask("take")
    await bench.home.ask(
        "act", action="stop_conversation", entities=voices, data=_AT_ONCE
    )
    first: int = noted["satellites"][0]["first_sound_at"]
    assert first, noted
    return (first - began) / 1e6
