"""What of a conversation is still there: it must be nothing."""

import asyncio
from collections import Counter
from collections.abc import Iterable
import functools
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.realtime_pumpkin.links.stream_view import async_get_streams
from custom_components.realtime_pumpkin.loans import async_get_loans

_OURS = "custom_components/realtime_pumpkin/"
_OF_THE_SERVER = "/rehearsal/"


def census(hass: HomeAssistant, ports: Iterable[int]) -> Counter[str]:
    """Count what the integration holds: `ports` are those that it connects to."""
    found: Counter[str] = Counter()
    found.update(_tasks())
    found.update(_timers())
    found.update(_open_files(frozenset(ports)))
    found.update({"stream token": len(async_get_streams(hass))})
    found.update(f"loan {loan.kind}" for loan in async_get_loans(hass).open)
    found.update({"entity": len(er.async_get(hass).entities)})
    return +found


def _tasks() -> list[str]:
    """Return the tasks that run code of ours."""
    tasks = []
    for task in asyncio.all_tasks():
        code = getattr(task.get_coro(), "cr_code", None)
        if code is not None and _is_ours(code.co_filename):
            tasks.append(f"task {task.get_name()} ({code.co_qualname})")
    return tasks


def _timers() -> list[str]:
    """Return the timers that call code of ours."""
    loop: Any = asyncio.get_running_loop()
    timers = []
    for handle in loop._scheduled:
        called = handle._callback
        while isinstance(called, functools.partial):
            called = called.func
        code = getattr(getattr(called, "__func__", called), "__code__", None)
        if not handle.cancelled() and code and _is_ours(code.co_filename):
            timers.append(f"timer {code.co_qualname}")
    return timers


def _is_ours(file: str) -> bool:
    """Tell whether code belongs to the integration."""
    return _OURS in file and _OF_THE_SERVER not in file


def _open_files(ports: frozenset[int]) -> list[str]:
    """Return sockets that lead to a port, and files that are open."""
    names = {}
    for each in Path("/proc/self/fd").iterdir():
        try:
            names[each.name] = str(each.readlink())
        except FileNotFoundError:
            continue  # It was the one that lists them.
    files = [f"file {name}" for name in names.values() if name.startswith("/")]
    inodes = {name[8:-1] for name in names.values() if name.startswith("socket:[")}
    rows = [row.split() for row in Path("/proc/self/net/tcp").read_text().splitlines()]
    sockets = [
        f"socket to port {port}"
        for row in rows[1:]
        if row[9] in inodes and (port := int(row[2].rpartition(":")[2], 16)) in ports
    ]
    return [*files, *sockets]
