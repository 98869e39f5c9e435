"""Transport only: frames to the wire and deltas to a callback, beside every peer."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .measures import Measure, middle, quantile
from .processes import OURS, PEERS, BenchServer, run_measured, running_server

_CONTENDERS: Final[dict[str, tuple[Path, str]]] = {
    "nothing": (PEERS, "nothing"),
    "floor": (PEERS, "floor"),
    "openai SDK": (PEERS, "sdk"),
    "openai-agents": (PEERS, "openai_agents"),
    "pipecat": (PEERS, "pipecat_ai"),
    "ours": (OURS, "pumpkin"),
}
_ROUNDS: Final = 3
_VOICES: Final = 8
_SECONDS: Final = 6.0


@dataclass(slots=True)
class Rounds:
    """What the contenders used, round by round."""

    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """CPU seconds per talking minute."""

    def above_feeding(self, name: str) -> list[float]:
        """Return what a contender used beyond being fed, by round."""
        both = zip(self.cpu[name], self.cpu["nothing"], strict=True)
        return [used - fed for used, fed in both]

    def ratio(self, name: str) -> float:
        """Return our use by a contender's, the middle of the rounds."""
        pairs = zip(self.above_feeding("ours"), self.above_feeding(name), strict=True)
        return middle(ours / theirs for ours, theirs in pairs)


async def _run(name: str, server: BenchServer, voices: int, seconds: float) -> Any:
    """Let a contender do its job once."""
    python, module = _CONTENDERS[name]
    return await run_measured(
        python,
        f"benchmarks.contenders.{module}",
        server.url,
        *("--voices", str(voices), "--seconds", str(seconds)),
    )


async def measure_cpu() -> list[Measure]:
    """Return the CPU of all contenders, taking turns so that noise meets all."""
    rounds = Rounds()
    async with running_server() as server:
        for _ in range(_ROUNDS):
            for name in _CONTENDERS:
                result = await _run(name, server, _VOICES, _SECONDS)
                rounds.cpu[name].append(result["cpu_s_per_talking_minute"])
    told = [
        Measure(f"CPU per talking minute, {name}", middle(used), "s")
        for name in _CONTENDERS
        if name != "nothing" and (used := rounds.above_feeding(name))
    ]
    goals = {"openai-agents": 0.5, "pipecat": 0.25, "floor": 1.5, "openai SDK": None}
    return told + [
        Measure(f"CPU against {name}", rounds.ratio(name), "x", goal)
        for name, goal in goals.items()
    ]


async def measure_latency() -> list[Measure]:
    """Return how long frames take to the wire, one voice at a time."""
    measures = []
    goals = {"ours": (1.0, 5.0)}
    async with running_server() as server:
        for name in ("floor", "openai SDK", "openai-agents", "pipecat", "ours"):
            await server.take_delays()
            result = await _run(name, server, 1, 8)
            p50, p99 = goals.get(name, (None, None))
            up, down = await server.take_delays(), result["delays_ms"]
            measures += [
                Measure(f"frame to wire p50, {name}", quantile(up, 0.5), "ms", p50),
                Measure(f"frame to wire p99, {name}", quantile(up, 0.99), "ms", p99),
                Measure(f"delta to callback p50, {name}", quantile(down, 0.5), "ms"),
            ]
    return measures
