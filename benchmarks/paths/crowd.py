"""Many voices talking at once in one Home Assistant on one core.

Each voice has a satellite of its own, whose microphone is always open, and answers half
of the time. The event loop's lag is how late a sleep of 5 ms ends. At one satellite in
ten the time is in the samples, so that the delay of what is played is seen as well.
What all of it costs is the slope of the line through all numbers of voices.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.measures import Measure, quantile

from .rig import Rig, rig

_STEPS: Final = (1, 10, 25, 50, 75, 100, 125)
"""How many talk at once."""

_FITTED: Final = 100
"""Up to how many everything has to grow in a straight line."""

_PLAYERS: Final = 20
_PLAIN: Final = 50
"""How many devices without a voice are compared with."""

_SETTLE_S: Final = 3.0
_WATCHED_S: Final = 5.0
_APART_S: Final = 0.02
_MOST_LAG_MS: Final = 20.0
_SATURATED_MS: Final = 200.0
_WORLD: Final = ("--pace", "1", "--turn-ms", "2000")
_PATIENT: Final = {"max_duration_s": 3600, "idle_timeout_s": 3600}
_STRAIGHT: Final = 0.95
"""The R² from which a line is one."""

_PROBES: Final = 10
"""One satellite in so many tells how late sound is."""


@dataclass(slots=True)
class Growth:
    """What was seen, by the number of voices."""

    cpu: dict[int, float] = field(default_factory=dict)
    """Core-%."""

    memory: dict[int, float] = field(default_factory=dict)
    """MB, of all that talk."""

    idle: dict[int, float] = field(default_factory=dict)
    """MB, of all that are set up and silent."""

    lag: dict[int, float] = field(default_factory=dict)
    """How late the loop is, p99 in ms."""

    delay: dict[int, float] = field(default_factory=dict)
    """From a delta to the byte at the satellite, p50 in ms."""


@dataclass(frozen=True, slots=True)
class AtPlayers:
    """What a voice that speaks at a media player costs while it talks."""

    cpu: float
    """Core-%."""

    memory: float
    """MB."""


async def measure() -> list[Measure]:
    """Return what voices cost, how many there can be, and how it grows."""
    growth = Growth()
    async with rig(*_WORLD) as bench:
        plain = await _plain(bench)
        voices = await _move_in(bench, growth)
        await bench.home.ask("watch")
        await _talk(bench, voices, growth)
    async with rig(*_WORLD) as bench:
        players = await _talk_at_players(bench)
    return [
        *_costs(growth, plain),
        Measure("CPU per talking voice, media player", players.cpu, "core-%"),
        Measure("memory per talking voice, media player", players.memory, "MB", 2),
        *_growths(growth),
    ]


async def _plain(bench: Rig) -> float:
    """Return the memory of devices that do nothing, as many entities each as a voice."""
    one: list[str] = []
    entities = await bench.home.ask("count", entry=await _add(bench, 1, one))
    await bench.home.ask("add_plain", devices=1, entities=entities)
    before = await _memory_mb(bench)
    await bench.home.ask("add_plain", devices=_PLAIN, entities=entities)
    return (await _memory_mb(bench) - before) / _PLAIN


async def _move_in(bench: Rig, growth: Growth) -> list[str]:
    """Set up voices in ever larger accounts; return their entities."""
    growth.idle[0] = 0.0
    voices: list[str] = []
    # What the first voice brings along is nobody's own.
    await _add(bench, 1, voices)
    before = await _memory_mb(bench)
    for count in _STEPS[1:]:
        await _add(bench, count - len(voices), voices)
        growth.idle[len(voices) - 1] = await _memory_mb(bench) - before
    return voices


async def _add(bench: Rig, count: int, voices: list[str]) -> str:
    """Add an account with so many voices, some of them with a probe; return its id."""
    probes = -(-count // _PROBES)
    ask = bench.world.ask
    ports = await ask("satellites", count=probes, speaker_rate=24_000)
    if count > probes:
        ports += await ask("satellites", count=count - probes)
    added = await bench.add_voices(ports, options=_PATIENT)
    voices += added["entities"]
    return str(added["entry"])


async def _memory_mb(bench: Rig) -> float:
    """Return the memory that Home Assistant uses."""
    usage = await bench.home.ask("usage", collect=True)
    return float(usage["memory_kb"]) / 1024


async def _talk(bench: Rig, voices: Sequence[str], growth: Growth) -> None:
    """Let more and more voices talk."""
    growth.cpu[0] = await _cpu(bench, {})
    before, talking = await _memory_mb(bench), 0
    for count in _STEPS:
        await _start(bench, voices[talking:count])
        talking = count
        noted: dict[str, Any] = {}
        growth.cpu[count] = await _cpu(bench, noted)
        growth.lag[count] = quantile(noted["lags_ms"], 0.99)
        growth.delay[count] = quantile(noted["delays_ms"], 0.5)
        growth.memory[count] = await _memory_mb(bench) - before
        if growth.lag[count] > _SATURATED_MS:
            return  # More would only be refused.


async def _talk_at_players(bench: Rig) -> AtPlayers:
    """Let voices talk at media players."""
    count = _PLAYERS + 1
    ports = await bench.world.ask("satellites", count=count)
    players = await bench.home.ask("add_players", port=bench.players_port, count=count)
    added = await bench.add_voices(ports, players, _PATIENT)
    # What is loaded at first use is nobody's own.
    await _start(bench, added["entities"][:1])
    one, before = await _cpu(bench, {}), await _memory_mb(bench)
    await _start(bench, added["entities"][1:])
    noted: dict[str, Any] = {}
    cpu = await _cpu(bench, noted) - one
    assert noted["player_bytes"], "nobody spoke"
    memory = await _memory_mb(bench) - before
    return AtPlayers(cpu / _PLAYERS, memory / _PLAYERS)


async def _start(bench: Rig, voices: Sequence[str]) -> None:
    """Let voices begin to talk, one after another."""
    await bench.home.ask(
        "act", action="start_conversation", entities=voices, apart_s=_APART_S
    )
    await asyncio.sleep(_SETTLE_S)


async def _cpu(bench: Rig, noted: dict[str, Any]) -> float:
    """Return core-% over some seconds, and note what was seen meanwhile."""
    await bench.world.ask("take")
    began = await bench.home.ask("usage")
    await asyncio.sleep(_WATCHED_S)
    ended = await bench.home.ask("usage")
    taken = await bench.world.ask("take")
    noted["lags_ms"] = ended["lags_ms"]
    noted["player_bytes"] = taken["player_bytes"]
    noted["delays_ms"] = [
        delay for each in taken["satellites"] for delay in each["delays_ms"]
    ]
    used = ended["cpu_s"] - began["cpu_s"]
    return float(100 * used / (ended["at_s"] - began["at_s"]))


def _costs(growth: Growth, plain: float) -> list[Measure]:
    """Return what one voice costs, and how many can talk."""
    able = [count for count, lag in growth.lag.items() if lag <= _MOST_LAG_MS]
    idle, talking, cpu = (
        fit(values)[0] for values in (growth.idle, growth.memory, growth.cpu)
    )
    return [
        Measure(
            "voices at once, lag p99 within 20 ms",
            max(able, default=0),
            "",
            100,
            "at least",
        ),
        Measure("memory per idle voice", idle, "MB", 0.1),
        Measure("memory of as many entities that do nothing", plain, "MB"),
        Measure("memory per talking voice, satellite", talking, "MB", 2),
        Measure("CPU per talking voice, satellite", cpu, "core-%"),
    ]


def _growths(growth: Growth) -> list[Measure]:
    """Return how everything grows; R² tells how straight a line is."""
    return [
        _straightness("CPU of all voices", growth.cpu, "core-%"),
        _straightness("memory of all talking voices", growth.memory, "MB"),
        _straightness("memory of all idle voices", growth.idle, "MB"),
        _last("lag p99", growth.lag),
        _last("delta to byte", growth.delay),
    ]


def _last(name: str, growth: dict[int, float]) -> Measure:
    """Return a delay with 100 voices, or as many as could be."""
    voices = max(count for count in growth if count <= _FITTED)
    return Measure(
        f"{name}, {voices} voices",
        growth[voices],
        "ms",
        growth=growth,
        growth_unit="ms",
    )


def _straightness(name: str, growth: dict[int, float], unit: str) -> Measure:
    """Return a growth with how straight it is."""
    _, straight = fit(growth)
    return Measure(
        f"{name}, R² of the line",
        straight,
        "",
        _STRAIGHT,
        "at least",
        growth=growth,
        growth_unit=unit,
    )


def fit(growth: Mapping[int, float]) -> tuple[float, float]:
    """Return the slope of the line through a growth up to 100, and its R²."""
    points = [(voices, value) for voices, value in growth.items() if voices <= _FITTED]
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    across = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / across
    left = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, 1 - left / sum((y - mean_y) ** 2 for _, y in points)
