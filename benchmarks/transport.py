"""Transport only: frames to the wire and deltas to a callback, beside every peer.

All contenders do the same job against the same server, with the same audio in both
directions, one at a time on the same core. They take turns, in another order each round,
so that whatever disturbs a while meets all of them; ratios are taken within a round.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from .measures import Measure, middle, quantile
from .processes import OURS, PEERS, BenchServer, Worker, running_server, working

_CONTENDERS: Final[Mapping[str, tuple[Path, str]]] = {
    "feeding": (PEERS, "nothing"),
    "floor": (PEERS, "floor"),
    "openai SDK": (PEERS, "sdk"),
    "openai-agents": (PEERS, "openai_agents"),
    "pipecat": (PEERS, "pipecat_ai"),
    "ours": (OURS, "pumpkin"),
}
"""Who takes part; what feeding alone costs is taken off everybody's bill."""

_PACE: Final = ("--pace", "1")
"""The server speaks as fast as it is heard, so for two of three seconds."""

_ROUNDS: Final = 7
_VOICES: Final = 8
_SECONDS: Final = 3.0
_RATIOS: Final = {
    "openai-agents": 0.5,
    "pipecat": 0.25,
    "floor": 1.5,
    "openai SDK": None,
}
_LATENCY_SECONDS: Final = 6.0
_LATENCY_GOALS: Final = {"ours": (1.0, 5.0)}


@dataclass(slots=True)
class Rounds:
    """What the contenders used, round by round."""

    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """CPU seconds per talking minute."""

    def above_feeding(self, name: str) -> list[float]:
        """Return what a contender used beyond being fed, by round."""
        both = zip(self.cpu[name], self.cpu["feeding"], strict=True)
        return [used - fed for used, fed in both]

    def ratio(self, name: str) -> float:
        """Return our use by a contender's, the middle of the rounds."""
        pairs = zip(self.above_feeding("ours"), self.above_feeding(name), strict=True)
        return middle(ours / theirs for ours, theirs in pairs)

    def measures(self) -> list[Measure]:
        """Return everybody's use, and ours by theirs."""
        used = [
            Measure(f"CPU per talking minute, {name}", middle(seconds), "s")
            for name in _CONTENDERS
            if name != "feeding" and (seconds := self.above_feeding(name))
        ]
        return used + [
            Measure(f"CPU against {name}", self.ratio(name), "x", goal)
            for name, goal in _RATIOS.items()
        ]


@asynccontextmanager
async def _contenders() -> AsyncIterator[dict[str, Worker]]:
    """Keep a process of each contender while the context lasts."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                working(name, python, f"benchmarks.contenders.{module}")
            )
            for name, (python, module) in _CONTENDERS.items()
        }


async def _measure_cpu(
    server: BenchServer, contenders: Mapping[str, Worker]
) -> list[Measure]:
    """Return the CPU of all contenders."""
    rounds, order = Rounds(), Random(11)
    names = list(contenders)
    for _ in range(_ROUNDS):
        order.shuffle(names)
        for name in names:
            result = await contenders[name].do(
                url=server.url, voices=_VOICES, seconds=_SECONDS
            )
            if name != "feeding" and result["heard_s"] < _VOICES * _SECONDS / 2:
                raise RuntimeError(f"{name} heard too little: {result['heard_s']} s")
            rounds.cpu[name].append(result["cpu_s_per_talking_minute"])
    return rounds.measures()


async def _measure_delays(
    server: BenchServer, contenders: Mapping[str, Worker]
) -> list[Measure]:
    """Return how long frames take to the wire and deltas to us, for one voice."""
    measures = []
    for name, contender in contenders.items():
        if name == "feeding":
            continue
        await server.take_delays()
        result = await contender.do(url=server.url, voices=1, seconds=_LATENCY_SECONDS)
        p50, p99 = _LATENCY_GOALS.get(name, (None, None))
        up, down = await server.take_delays(), result["delays_ms"]
        measures += [
            *_delays(f"frame to wire {{}}, {name}", up, p50, p99),
            *_delays(f"delta to callback {{}}, {name}", down, None, None),
        ]
    return measures


def _delays(
    name: str, delays_ms: list[float], p50: float | None, p99: float | None
) -> list[Measure]:
    """Return the middle and the tail of delays in ms."""
    middle_ms, tail_ms = quantile(delays_ms, 0.5), quantile(delays_ms, 0.99)
    return [
        Measure(name.format("p50"), middle_ms, "ms", p50),
        Measure(name.format("p99"), tail_ms, "ms", p99, samples=delays_ms),
    ]


async def measure() -> list[Measure]:
    """Measure delays, then CPU, with the same processes."""
    async with running_server(*_PACE) as server, _contenders() as contenders:
        await _warm_up(server, contenders)
        delays = await _measure_delays(server, contenders)
        return delays + await _measure_cpu(server, contenders)


async def _warm_up(server: BenchServer, contenders: Mapping[str, Worker]) -> None:
    """Let all import what they import, and make what they make once."""
    for contender in contenders.values():
        await contender.do(within=180, url=server.url, voices=1, seconds=0.5)
