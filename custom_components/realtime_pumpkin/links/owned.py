"""Who owns the tasks of a link."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

type Spawn = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
"""Start a named task that its owner cancels at the latest with itself."""

type Clock = Callable[[], float]
"""Return a monotonic time in seconds, the same one that the loop sleeps by."""


async def async_cancel(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it is over; never raises its error."""
    if task is None or task is asyncio.current_task():
        return
    task.cancel()
    await asyncio.wait([task])
