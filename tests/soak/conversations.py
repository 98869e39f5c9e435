"""A thousand whole conversations in compressed time, through a real Home Assistant.

Memory is looked at twice, after the garbage was collected and all was idle for ten
minutes. The resident memory is the kernel's word, and has the allocator's habits in
it. Then a tenth as many conversations again are held under `tracemalloc`, which takes
memory itself: what it still knows at their end is what was allocated in them and not
given back.
"""

from .virtual_house import add_player, home_assistant_in  # isort: skip

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
import json
import os
import random
import time
import tracemalloc
from typing import Any, Final

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from demo.rig.places import ROOT, Folder
from demo.rig.processes import free_port
from tests.common import account, voice
from tests.links.satellite import HOST
from tests.links.virtual_time import VirtualTimeLoop

from .fragile_server import FragileServer
from .hour import grown
from .player import Player
from .porch import EndlessSatellite
from .processes import open_files, resident_mb, stored_files
from .promises import Promise, run_part, say
from .soak_probe.census import census, objects, tasks
from .visits import ENDS, NEEDS_SERVER, Door, Doorkeeper, Mouth, Trouble

MANY: Final = 1000
FEW: Final = 40
MOST_GROWTH_MB: Final = 5.0
_REST_S: Final = 600.0
_AGENT: Final = "conversation.satellite"
_WHO: Final = {"satellite": 45, "player": 30, "rehearsal": 10, "typed": 15}
"""Whom visitors come to, in percent."""

_QUIET_SHARE: Final = 0.5
_TOLD_EVERY: Final = 50
_WARMING: Final = 8
"""An eighth as many are held, twice, before anything is counted."""

_TRACED: Final = 10
"""A tenth as many again are held under `tracemalloc`."""

_MOST_AHEAD_S: Final = 0.6
"""Two conversations may follow each other faster than a satellite plays."""

_ALWAYS: Final = {"daily_budget_usd": 0, "max_duration_s": 60}

type Visit = tuple[Door | None, Trouble]
"""Who is visited, and what happens; None: somebody types in Assist."""


@dataclass(slots=True)
class Found:
    """What was seen."""

    ended: dict[str, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    held: int = 0
    fetched_bytes: int = 0
    sessions: int = 0
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    allocated_mb: float = 0.0
    """What conversations allocated that is still there at the end."""

    resident_mb: float = 0.0
    """By how much the process grew after the warm-up."""

    biggest: list[str] = field(default_factory=list)
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Street:
    """A house with three voices, and what stands around it."""

    hass: HomeAssistant
    doors: list[Door]
    player: Player
    server: FragileServer


@asynccontextmanager
async def street(folder: Folder) -> AsyncIterator[Street]:
    """Have voices at a satellite, at a media player, and one that rehearses."""
    async with AsyncExitStack() as stack:
        hass = await stack.enter_async_context(home_assistant_in(folder))
        server = FragileServer(Doorkeeper)
        port = await stack.enter_async_context(server.listening(HOST, free_port()))
        player = await add_player(hass)
        ends = [await _satellite(stack) for _ in range(3)]
        paid, free = await _accounts(hass, f"http://{HOST}:{port}/v1", player, ends)
        of_doors = (
            ("satellite", paid, server),
            ("player", paid, server),
            ("rehearsal", free, None),
        )
        doors = [
            Door(hass, entry, f"assist_satellite.{name}", *end, at)
            for (name, entry, at), end in zip(of_doors, ends, strict=True)
        ]
        for door in doors:
            for event in EventName:
                stack.callback(hass.bus.async_listen(f"{DOMAIN}_{event}", door.hear))
        yield Street(hass, doors, player, server)


async def _satellite(stack: AsyncExitStack) -> tuple[EndlessSatellite, Mouth]:
    """Have a satellite until the end."""
    mouth = Mouth()
    satellite = EndlessSatellite(sound=mouth.chunk, most_ahead=_MOST_AHEAD_S)
    await satellite.start()
    stack.push_async_callback(satellite.stop)
    return satellite, mouth


async def _accounts(
    hass: HomeAssistant,
    url: str,
    player: Player,
    ends: Iterable[tuple[EndlessSatellite, Mouth]],
) -> tuple[MockConfigEntry, MockConfigEntry]:
    """Set up the account of the local server, with two voices, and the rehearsal."""
    at = [
        {
            **_ALWAYS,
            "microphone": {"kind": "wyoming", "host": HOST, "port": satellite.port},
            "speaker": {"kind": "satellite"},
        }
        for satellite, _ in ends
    ]
    at[0]["barge_in"] = "on"
    at[1]["speaker"] = {"kind": "media_player", "entity_id": player.entity_id}
    paid = account(url, voice("Satellite", at[0]), voice("Player", at[1]))
    free = account("", voice("Rehearsal", at[2]), provider="rehearsal")
    for entry in (paid, free):
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return paid, free


async def type_to(hass: HomeAssistant) -> str:
    """Write to a voice in Assist until it says goodbye; return how that ended."""
    first = await _typed(hass, "Who are you?", None)
    last = await _typed(hass, "Goodbye then.", first.conversation_id)
    return "goes on" if last.continue_conversation else "finished"


async def _typed(
    hass: HomeAssistant, text: str, conversation_id: str | None
) -> conversation.ConversationResult:
    """Write a line."""
    return await conversation.async_converse(
        hass, text, conversation_id, Context(), agent_id=_AGENT
    )


def at_random(doors: list[Door], visits: int, seed: int = 1) -> Iterator[Visit]:
    """Yield so many visits, the same ones for a seed; half of them go well."""
    chance = random.Random(seed)
    who = dict(zip(_WHO, [*doors, None], strict=True))
    for _ in range(visits):
        [name] = chance.choices(list(_WHO), list(_WHO.values()))
        is_quiet = chance.random() < _QUIET_SHARE
        trouble = Trouble.NOTHING if is_quiet else chance.choice(list(Trouble))
        door = who[name]
        yield door, trouble if _can_be(door, trouble) else Trouble.NOTHING


def everything(doors: list[Door]) -> Iterator[Visit]:
    """Yield each thing that can happen, once at each door."""
    for door in [None, *doors]:
        for trouble in Trouble:
            if _can_be(door, trouble):
                yield door, trouble


def _can_be(door: Door | None, trouble: Trouble) -> bool:
    """Tell whether something can happen there."""
    if door is None:
        return trouble is Trouble.NOTHING
    return door.server is not None or trouble not in NEEDS_SERVER


async def hold(visits: int, folder: Folder) -> Found:
    """Hold the conversations; return what was seen."""
    folder.renew()
    found, began = Found(), time.monotonic()
    async with street(folder) as on:
        await _visit_all(on.hass, everything(on.doors), found)
        for seed in (3, 4):
            # What was collected once leaves holes that are filled only then.
            warming = at_random(on.doors, visits // _WARMING, seed)
            await _visit_all(on.hass, warming, found)
            await _count(on.hass, folder)
        say(f"Warm after {found.held} conversations, {time.monotonic() - began:.0f} s")
        found.held = 0
        found.before, resident = await _count(on.hass, folder)
        await _visit_all(on.hass, at_random(on.doors, visits), found)
        found.after, resident_after = await _count(on.hass, folder)
        found.resident_mb = resident_after - resident
        say(f"Counted after {time.monotonic() - began:.0f} s")
        await _trace(on, visits // _TRACED, found, folder)
        found.fetched_bytes = on.player.fetched_bytes
        found.sessions = on.server.sessions
        for door in on.doors:
            found.unexpected += [f"{door.entity_id}: {each}" for each in door.faults]
    found.took_s = time.monotonic() - began
    return found


async def _trace(on: Street, visits: int, found: Found, folder: Folder) -> None:
    """Hold some more, and see what of all that they allocate is kept."""
    tracemalloc.start()
    await _visit_all(on.hass, at_random(on.doors, visits, seed=2), found)
    await _count(on.hass, folder)
    found.allocated_mb = tracemalloc.get_traced_memory()[0] / 2**20
    biggest = tracemalloc.take_snapshot().statistics("lineno")[:15]
    found.biggest = [str(each) for each in biggest]
    tracemalloc.stop()


async def _visit_all(
    hass: HomeAssistant, visits: Iterator[Visit], found: Found
) -> None:
    """Let visitors come, one after the other."""
    for door, trouble in visits:
        try:
            reason = await (type_to(hass) if door is None else door.visit(trouble))
        except TimeoutError:
            reason = "nothing"
        found.held += 1
        found.ended[reason] = found.ended.get(reason, 0) + 1
        if reason not in ENDS[trouble]:
            seen = "typed" if door is None else f"{door.entity_id}: {door.happened}"
            found.unexpected.append(f"{trouble} ended as {reason}, {seen}")
            say(found.unexpected[-1])
        if found.held % _TOLD_EVERY == 0:
            say(f"{found.held} conversations, {resident_mb():.1f} MB")


async def _count(hass: HomeAssistant, folder: Folder) -> tuple[dict[str, Any], float]:
    """Count everything once all is idle, and read the resident memory (MB)."""
    await asyncio.sleep(_REST_S)
    await hass.async_block_till_done()
    counts = census(hass) | {
        "stored files": await asyncio.to_thread(stored_files, folder.home),
        "open files": await asyncio.to_thread(open_files, os.getpid()),
    }
    told = {"counts": counts, "tasks": dict(tasks()), "objects": dict(objects())}
    return told, resident_mb()


def promises(found: Found) -> list[Promise]:
    """Judge what was seen."""
    more = grown(found.before["counts"], found.after["counts"])
    for name, count in more.items():
        say(f"{count} more of {name} than before")
    ends = "conversations that ended in another way than expected"
    return [
        Promise(
            "allocated in conversations and kept",
            round(found.allocated_mb, 2),
            "MB",
            MOST_GROWTH_MB,
        ),
        Promise(
            "resident memory growth after warm-up",
            round(found.resident_mb, 2),
            "MB",
            MOST_GROWTH_MB,
        ),
        Promise(ends, len(found.unexpected), "", 0),
        Promise(
            "tasks, timers, sockets, files, entities, tokens and listeners left",
            sum(more.values()),
            "",
            0,
        ),
    ]


def measure(is_short: bool) -> list[Promise]:
    """Hold the conversations, keep what was seen, judge it."""
    name = "conversations-short" if is_short else "conversations"
    folder = Folder(ROOT / "soak-output" / name)
    with asyncio.Runner(
        loop_factory=partial(VirtualTimeLoop, is_patient=False)
    ) as runner:
        found = runner.run(hold(FEW if is_short else MANY, folder))
    (folder.path / "found.json").write_text(json.dumps(asdict(found), indent=1))
    return promises(found)


if __name__ == "__main__":
    run_part(measure)
