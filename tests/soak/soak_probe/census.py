"""Count what may pile up in a Home Assistant: one number for each kind of thing."""

import asyncio
from collections import Counter
from collections.abc import Mapping
import gc
import threading
from typing import Any, cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)

INTEGRATION = "custom_components.realtime_pumpkin"
_OURS = "realtime_pumpkin"
_VISITOR = "RequestHandler.start"
"""A connection to the web server, which players keep for a while."""

_POOLS = ("SyncWorker", "ImportExecutor", "asyncio", "ThreadPoolExecutor")
"""Threads of pools, which grow to their size and stay."""


def census(hass: HomeAssistant) -> dict[str, int]:
    """Count everything, after all that is garbage was collected."""
    collect()
    return {
        "states": len(hass.states.async_all()),
        "entities": len(er.async_get(hass).entities),
        "devices": len(dr.async_get(hass).devices),
        "repairs": len(ir.async_get(hass).issues),
        "bus listeners": sum(hass.bus.async_listeners().values()),
        "keys of hass.data": len(hass.data),
        "stream tokens": stream_tokens(hass),
        "timers": _timers(hass.loop),
        "threads": len(_threads()),
        "tasks": sum(tasks().values()),
        "objects of the integration": sum(objects().values()),
    }


def collect() -> None:
    """Collect all that is garbage, and what only that held."""
    for _ in range(3):
        gc.collect()


def stream_tokens(hass: HomeAssistant) -> int:
    """Return how many streams a media player could fetch now."""
    data = cast("Mapping[str, Any]", hass.data)
    return len(data.get(f"{_OURS}_audio_streams", ()))


def tasks() -> Counter[str]:
    """Count what runs by name, but for who asks."""
    running = asyncio.all_tasks() - {asyncio.current_task()}
    work = Counter(_work(task) for task in running)
    del work[_VISITOR]
    return work


def objects() -> Counter[str]:
    """Count the instances of the integration's own classes."""
    return Counter(
        f"{kind.__module__.removeprefix(INTEGRATION)}.{kind.__qualname__}"
        for kind in map(type, gc.get_objects())
        if str(kind.__module__).startswith(INTEGRATION)
    )


def _work(task: asyncio.Task[Any]) -> str:
    """Return what a task runs, without what differs between two of a kind."""
    coro = task.get_coro()
    return getattr(coro, "__qualname__", "") or type(coro).__qualname__


def _timers(loop: asyncio.AbstractEventLoop) -> int:
    """Count the calls that are planned and were not taken back."""
    planned = [timer for timer in cast("Any", loop)._scheduled if not timer.cancelled()]
    return sum(not _is_visitors(timer) for timer in planned)


def _is_visitors(timer: Any) -> bool:
    """Tell whether a timer belongs to a connection to the web server."""
    owner = getattr(timer._callback, "__self__", None)
    return type(owner).__module__.startswith("aiohttp.web")


def _threads() -> list[str]:
    """Return the names of the threads that belong to no pool."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if not name.startswith(_POOLS)]
