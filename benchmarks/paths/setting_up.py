"""How long the integration takes to be imported and set up in Home Assistant.

What the SDK needs to open a Realtime session is imported before, because whoever talks
to the service pays that: `openai`, its Realtime resources and types, and websockets.
Home Assistant's own default integrations are there as in every house.
"""

import re
from typing import Final

from benchmarks.measures import Measure, middle

from .rig import Rig, rig

_ROUNDS: Final = 3
_SDK: Final = (
    "openai",
    "openai.resources.realtime.realtime",
    "openai.types.realtime",
    "websockets.asyncio.client",
)
_BLOCKING: Final = re.compile(r"blocking call", re.IGNORECASE)


async def measure() -> list[Measure]:
    """Return the seconds above the SDK's own, and what blocked."""
    rounds = [await _round() for _ in range(_ROUNDS)]
    sdk, ours, stalls, blocked = zip(*rounds, strict=True)
    return [
        Measure("import of openai's Realtime client", middle(sdk), "s"),
        Measure("import and set-up above that", middle(ours), "s", 0.3),
        Measure("blocking calls at set-up", max(blocked), "", 0),
        Measure("longest stall of the loop at set-up", middle(stalls), "ms"),
    ]


async def _round() -> tuple[float, float, float, int]:
    """Set up once in a fresh Home Assistant."""
    async with rig() as bench:
        ports = await bench.world.ask("satellites", count=1)
        sdk = [await bench.home.ask("import", module=module) for module in _SDK]
        return sum(sdk), *await _set_up(bench, ports)


async def _set_up(bench: Rig, ports: list[int]) -> tuple[float, float, int]:
    """Return seconds, the longest stall (ms) and the blocking calls."""
    await bench.home.ask("watch")
    added = await bench.add_voices(ports)
    usage = await bench.home.ask("usage")
    blocked = len(_BLOCKING.findall(bench.home.log()))
    return added["import_s"] + added["setup_s"], max(usage["lags_ms"]), blocked
