"""Ten voices that talk at once, for an hour, in real time and in real processes.

The local server, the satellites and Home Assistant each run on their own. Whoever is
at the door never stops speaking; when a conversation ends the next one starts.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
import json
from pathlib import Path
import random
import signal
import time
from typing import Any, Final

from demo.house import setup
from demo.house.client import Json
from demo.rig import realtime
from demo.rig.places import PYTHON, ROOT, Folder
from demo.rig.processes import Supervisor

from .house import Home, add_player, add_voice, at_home
from .players import start_player
from .promises import Promise, hurry, hurry_session, run_part, say

VOICES: Final = 10
OUTPUT: Final = ROOT / "soak-output"
LONGEST_LAG_MS: Final = 20.0
MOST_GROWTH_MB: Final = 5.0

_SERVER = ("--canned", "--think-ms", "0")
_SAMPLE_S = 5.0
_END_S = 30.0
_HANGS_UP_S = (20, 60)
_MAX_DURATION_S = 40
_AT_PLAYERS = (4, 9)
"""The voices that speak at a media player, as MP3; the others at their satellite."""

_SOON_S = 15.0
"""Before it is over, a conversation may have had no turn."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long each part takes, in seconds."""

    warm_up: float
    measured: float
    rest: float
    """How long all is idle before it is counted.

    Players keep their connections, the books are saved within half a minute, and
    memory is given back to the system after 20 seconds.
    """


LONG: Final = Length(warm_up=1200, measured=3600, rest=90)
SHORT: Final = Length(warm_up=20, measured=40, rest=35)


@dataclass(slots=True)
class Found:
    """What was seen in an hour."""

    ended: dict[str, int] = field(default_factory=dict)
    unexpected: list[Any] = field(default_factory=list)
    turns: int = 0
    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    """When (s) the process had how much, garbage and all."""

    lag: dict[str, float] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    faults: Any = None
    took_s: float = 0.0


class Visitors:
    """Somebody at each door, who comes back as soon as a conversation is over."""

    def __init__(self, home: Home, found: Found) -> None:
        """Note what happens."""
        self._home = home
        self._found = found
        self._ends: dict[str, asyncio.Queue[Json]] = {}

    async def listen(self) -> None:
        """Hear how each conversation ends, and of what goes wrong."""
        for name in ("conversation_ended", "error"):
            kind = f"{setup.DOMAIN}_{name}"
            await self._home.house.subscribe(
                self._take, "subscribe_events", event_type=kind
            )

    def _take(self, wire: Json) -> None:
        """Take an event."""
        data = wire["data"]
        if wire["event_type"].endswith("_error"):
            self._found.unexpected.append(data)
        else:
            self._ends[data["entity_id"]].put_nowait(data)

    async def talk(self, voice: str, number: int, until: float) -> None:
        """Hold conversations one after another until a time."""
        chance = random.Random(number)
        self._ends[voice] = asyncio.Queue(8)
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await self._converse(voice, number, chance, until)

    async def _converse(
        self, voice: str, number: int, chance: random.Random, until: float
    ) -> None:
        """Hold one conversation: every third voice talks until it may no longer."""
        house, loop = self._home.house, asyncio.get_running_loop()
        await _act(house, "start_conversation", voice)
        left = max(1.0, until - loop.time())
        stays, expected = min(left, chance.uniform(*_HANGS_UP_S)), "stopped"
        if number % 3 == 0 and left > _MAX_DURATION_S:
            stays, expected = _MAX_DURATION_S + _END_S, "max_duration"
        ended: Json | None = None
        try:
            async with asyncio.timeout(stays):
                ended = await self._ends[voice].get()
        except TimeoutError:
            goodbye = chance.random() < 0.5
            await _act(house, "stop_conversation", voice, goodbye=goodbye)
        if ended is None:
            async with asyncio.timeout(_END_S):
                ended = await self._ends[voice].get()
        self._note(ended, expected)

    def _note(self, ended: Json, expected: str) -> None:
        """Note how a conversation ended."""
        reason = ended["reason"]
        self._found.ended[reason] = self._found.ended.get(reason, 0) + 1
        self._found.turns += ended["turns"]
        is_mute = ended["duration"] > _SOON_S and not ended["turns"]
        if reason != expected or is_mute:
            self._found.unexpected.append(ended)


async def _act(house: Any, action: str, voice: str, **data: Any) -> None:
    """Perform one of our actions over the websocket."""
    await house.ask(
        "call_service",
        domain=setup.DOMAIN,
        service=action,
        service_data={"entity_id": voice, **data},
    )


@asynccontextmanager
async def satellites(count: int, logs: Path) -> AsyncIterator[tuple[Any, list[int]]]:
    """Run satellites in a process of their own; yield it and their ports."""
    with (logs / "porch.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(str(PYTHON), "-m", "tests.soak.porch", str(count)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(_END_S):
            ports = json.loads(await process.stdout.readline())
        yield process, ports
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _faults(process: asyncio.subprocess.Process) -> Any:
    """End the satellites; return what was done wrong at them."""
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    async with asyncio.timeout(_END_S):
        return json.loads(await process.stdout.readline())


async def _watch_memory(home: Home, found: Found) -> None:
    """Note the memory of Home Assistant from outside of it."""
    loop = asyncio.get_running_loop()
    while True:
        found.memory_mb.append((loop.time(), home.memory_mb()))
        await asyncio.sleep(_SAMPLE_S)


async def hold(length: Length, folder: Folder) -> Found:
    """Let ten voices talk for so long; return what was seen."""
    folder.renew()
    found, began = Found(), time.monotonic()
    async with (
        Supervisor(folder.logs) as supervisor,
        satellites(VOICES, folder.logs) as (porch, ports),
    ):
        server, url = await realtime.start(supervisor, _SERVER)
        for pid in (server.pid, porch.pid):
            hurry_session(pid)
        players = {
            number: await start_player(supervisor, folder, number)
            for number in _AT_PLAYERS
        }
        async with at_home(supervisor, folder, url, realtime.KEY) as home:
            hurry_session(home.pid)
            say(f"Home Assistant runs after {time.monotonic() - began:.0f} s")
            voices = await _add_voices(home, ports, players)
            say(f"Ten voices after {time.monotonic() - began:.0f} s")
            visitors = Visitors(home, found)
            await visitors.listen()
            await _talk(home, visitors, voices, length, found)
        found.faults = await _faults(porch)
    found.took_s = time.monotonic() - began
    (folder.path / "found.json").write_text(json.dumps(asdict(found), indent=1))
    return found


async def _add_voices(
    home: Home, ports: Sequence[int], players: Mapping[int, int]
) -> list[str]:
    """Add a voice for each satellite; every second one can be interrupted."""
    voices = []
    for number, port in enumerate(ports):
        options: dict[str, Any] = {
            "barge_in": "on" if number % 2 else "auto",
            "max_duration_s": _MAX_DURATION_S if number % 3 == 0 else 300,
            "daily_budget_usd": 0,
        }
        player = None
        if number in players:
            player = await add_player(home, players[number])
        name = f"Pumpkin {number}"
        voices.append(await add_voice(home, name, port, options, player))
    return voices


async def _talk(
    home: Home, visitors: Visitors, voices: list[str], length: Length, found: Found
) -> None:
    """Warm up, count, talk, and count again once all is over."""
    await _all_talk(visitors, voices, length.warm_up)
    await home.settle(length.rest)
    found.before = await home.census()
    await home.house.ask("soak_probe/forget_lag")
    found.memory_mb.clear()
    watch = asyncio.create_task(_watch_memory(home, found))
    try:
        await _all_talk(visitors, voices, length.measured)
        found.lag = await home.house.ask("soak_probe/lag")
    finally:
        watch.cancel()
    await home.settle(length.rest)
    found.after = await home.census()


async def _all_talk(visitors: Visitors, voices: list[str], seconds: float) -> None:
    """Let all voices talk at once for so long, and end."""
    until = asyncio.get_running_loop().time() + seconds
    async with asyncio.TaskGroup() as tasks:
        for number, voice in enumerate(voices):
            tasks.create_task(visitors.talk(voice, number, until))


def grown(before: Json, after: Json) -> dict[str, int]:
    """Return what there is more of at the end than there was before."""
    return {
        name: more
        for name, count in after.items()
        if (more := count - before.get(name, 0)) > 0
    }


def promises(found: Found, length: Length) -> list[Promise]:
    """Judge what was seen; a short look cannot tell what a busy machine adds."""
    more = grown(found.before["counts"], found.after["counts"])
    lag = f"event loop lag with {VOICES} voices, p99"
    own = Promise(
        f"{lag}, without waiting for a core",
        round(found.lag["own_p99"], 2),
        "ms",
        LONGEST_LAG_MS,
    )
    whole = Promise(lag, round(found.lag["p99"], 2), "ms", LONGEST_LAG_MS)
    return [
        *((own,) if length is SHORT else (whole, own)),
        Promise(
            "memory growth after warm-up",
            round(found.after["memory_mb"] - found.before["memory_mb"], 2),
            "MB",
            MOST_GROWTH_MB,
        ),
        Promise(
            "conversations with another end than expected",
            len(found.unexpected),
            "",
            0,
        ),
        Promise(
            "tasks, timers, sockets, files, entities, tokens and listeners left",
            sum(more.values()),
            "",
            0,
        ),
        Promise("faults seen by satellites", len(found.faults), "", 0),
    ]


def measure(is_short: bool) -> list[Promise]:
    """Hold the hour, keep what was seen, judge it."""
    hurry()
    length = SHORT if is_short else LONG
    folder = Folder(OUTPUT / ("hour-short" if is_short else "hour"))
    found = asyncio.run(hold(length, folder))
    return promises(found, length)


if __name__ == "__main__":
    run_part(measure)
