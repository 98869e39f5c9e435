"""A real Home Assistant in a process of its own, with voices as a user adds them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.house import setup
from demo.house.client import House
from demo.rig import home_assistant
from demo.rig.places import INTEGRATION, Folder
from demo.rig.processes import Process, Supervisor, answers, free_port

from .processes import open_files, open_sockets, resident_mb, stored_files

PROBE = Path(__file__).parent / "soak_probe"
_READY_S = 120.0
_LOCAL = "127.0.0.1"
_POLL_S = 0.1
_COUNTS = 3
_COUNTED_AGAIN_S = 1.0

# No recorder: the cache of its database grows to 16 MB by design, which would hide
# what is ours. It runs in a thread of its own.
_CONFIGURATION = f"""\
{home_assistant.PLACE}\
config:
frontend:
logger:
  default: warning
soak_probe:
system_health:
"""


# As in Home Assistant's own container, which nearly everybody has: what is given back
# leaves the process 20 s later. In others it stays, in holes between what is kept.
_MALLOC_CONF = (
    "background_thread:true,metadata_thp:auto,dirty_decay_ms:20000,muzzy_decay_ms:20000"
)
_ALLOCATOR = ("env", "LD_PRELOAD=libjemalloc.so.2", f"MALLOC_CONF={_MALLOC_CONF}")


@dataclass(frozen=True, slots=True)
class Home:
    """A Home Assistant that runs, and a person who is logged in."""

    process: Process
    house: House
    entry_id: str
    folder: Path

    @property
    def pid(self) -> int:
        """Return the process id of Home Assistant."""
        return self.process.pid

    async def settle(self, seconds: float) -> None:
        """Have its garbage collected, then leave it alone for so long."""
        await self.house.ask("soak_probe/settle")
        await asyncio.sleep(seconds)

    async def census(self) -> dict[str, Any]:
        """Count what is in it (`counts`, `tasks`, `objects`); stops its loop shortly.

        Its memory (`memory_mb`) is read before: whoever counts all objects lists them.
        """
        memory_mb = self.memory_mb()
        told: dict[str, Any] = await self.house.ask("soak_probe/census")
        port = urlsplit(self.house.url).port
        told["counts"] |= {
            "open files": await _least(partial(open_files, self.pid, port)),
            "sockets": await _least(partial(open_sockets, self.pid, port)),
            "stored files": await asyncio.to_thread(stored_files, self.folder),
        }
        return {**told, "memory_mb": memory_mb}

    def memory_mb(self) -> float:
        """Return its resident memory in MB."""
        return resident_mb(self.pid)


async def _least(count: Callable[[], int]) -> int:
    """Return what is there all the time: players are asked for a moment how they are."""
    counts = []
    for _ in range(_COUNTS):
        counts.append(await asyncio.to_thread(count))
        await asyncio.sleep(_COUNTED_AGAIN_S)
    return min(counts)


@asynccontextmanager
async def at_home(
    supervisor: Supervisor, folder: Folder, service_url: str, key: str
) -> AsyncIterator[Home]:
    """Start Home Assistant, add the account of a service; end it on leaving."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    _furnish(folder, port, url)
    process = await home_assistant.launch(supervisor, folder.home, _ALLOCATOR)
    await process.ready(lambda: answers(port), _READY_S)
    async with House.at(url) as house:
        await house.onboard()
        await house.connect()
        await setup.wait_until_running(house)
        entry_id = await setup.add_account(house, setup.Account(service_url, key))
        yield Home(process, house, entry_id, folder.home)


def _furnish(folder: Folder, port: int, url: str) -> None:
    """Write what a person would have, and the probe."""
    configuration = _CONFIGURATION.format(url=url)
    home_assistant.furnish(folder.home, port, configuration, (INTEGRATION, PROBE))


async def add_voice(
    home: Home, name: str, port: int, options: Mapping[str, Any], player: str | None
) -> str:
    """Add a voice at a satellite of this machine; return its entity.

    It speaks at a media player, else at its satellite.
    """
    known = await _entities(home, setup.DOMAIN, "assist_satellite")
    speaker = {"name": name, "speaker": player or "satellite"}
    form = {**options, **setup.at_address(port), **speaker}
    await setup.add_subentry(home.house, setup.DOMAIN, home.entry_id, "voice", form)
    return await _new_entity(home, setup.DOMAIN, "assist_satellite", known)


async def add_player(home: Home, port: int) -> str:
    """Add a Music Player Daemon of this machine; return its entity."""
    known = await _entities(home, "mpd", "media_player")
    await setup.add_integration(home.house, "mpd", {"host": _LOCAL, "port": port})
    return await _new_entity(home, "mpd", "media_player", known)


async def _new_entity(home: Home, platform: str, domain: str, known: set[str]) -> str:
    """Wait for an entity that was not there before, and until it is available."""
    async with asyncio.timeout(_READY_S):
        while not (new := await _entities(home, platform, domain) - known):  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(_POLL_S)
    [entity_id] = new
    return await setup.available(home.house, entity_id)


async def _entities(home: Home, platform: str, domain: str) -> set[str]:
    """Return the entities of a platform in a domain."""
    listed = await home.house.ask("config/entity_registry/list")
    return {
        name
        for known in listed
        if (name := str(known["entity_id"])).startswith(f"{domain}.")
        and known["platform"] == platform
    }
