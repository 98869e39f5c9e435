"""Sessions that expire, networks that break, servers that die, credit that ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
import os
from pathlib import Path
import signal
from typing import Any

from demo import visit
from demo.play import play
from demo.porch.ears import Ears
from demo.rig import realtime
from demo.rig.processes import Process, Supervisor, free_port
from demo.stage import Options, Stage, stage
from demo.terminal import Terminal
from demo.visit import Visit

from .cable import Cable

type Facts = dict[str, Any]
type Disturb = Callable[[Ears], Awaitable[None]]

CAP_S = 6
"""A session's longest life where it ends in the middle of sentences."""

RENEWED_S = 13
"""A session's longest life where there is a pause to renew it in."""

CUT_S = 5.0
QUOTA_AT_S = 4
KILLED_AT_MS = 3000
RESTARTED_AFTER_S = 3.0
_PATIENT_MS = 2500
_SLOWLY = "--pace=1.3"
"""Hardly faster than it is spoken: whatever ends a session ends a sentence too."""

_WITHIN_S = 20.0


class Service:
    """The local Realtime server as a process that may be killed, on one port."""

    def __init__(self, supervisor: Supervisor) -> None:
        """Prepare to start it."""
        self.port = free_port()
        self._supervisor = supervisor
        self._process: Process | None = None

    async def start(self, *arguments: str) -> None:
        """Start it, or start it again with other options."""
        if self._process is not None:
            await self._supervisor.stop(self._process)
        options = ("--think-ms", "0", *arguments)
        self._process, _ = await realtime.start(self._supervisor, options, self.port)

    async def kill(self) -> None:
        """Kill it as a crash does."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        await self._process.wait()


async def endurance(folder: Path, keep: Callable[[Stage, Path], None]) -> Facts:
    """Play a visit for each of the things that may happen to a session."""
    polite = visit.load("polite")
    patient = replace(
        polite,
        lines=tuple(replace(line, after_quiet_ms=_PATIENT_MS) for line in polite.lines),
    )
    async with _house(folder, polite) as (on, service, cable):

        async def one(name: str, script: Visit, disturb: Disturb | None = None) -> None:
            """Play a visit while something happens to it, and keep its files."""
            tasks = [play(on, script, Options(visit="polite"), Terminal())]
            if disturb:
                tasks.append(_when_it_speaks(on, disturb))
            await asyncio.gather(*tasks)
            keep(on, folder / name)

        async def cut(ears: Ears) -> None:
            await ears.wait_until(ears.heard.sound_started_ms + KILLED_AT_MS)
            await cable.cut(CUT_S)

        async def kill(ears: Ears) -> None:
            await ears.wait_until(ears.heard.sound_started_ms + KILLED_AT_MS)
            await service.kill()

        async def restart(ears: Ears) -> None:
            await kill(ears)
            await asyncio.sleep(RESTARTED_AFTER_S)
            await service.start()

        await service.start(_SLOWLY, "--fault", f"expire={CAP_S}")
        await one("cap", patient)
        await service.start("--fault", f"expire={RENEWED_S}")
        await one("renewal", patient)
        await service.start(_SLOWLY)
        await one("cut", polite, cut)
        await service.start()
        await one("restart", polite, restart)
        await service.start("--fault", "fail=insufficient_quota@response.created#2")
        await one("quota", polite)
        facts = {"quota_issues": await _issues(on)}
        await service.start("--fault", f"error=insufficient_quota@{QUOTA_AT_S}")
        await one("quota-midway", polite)
        await service.start()
        await one("gone", polite, kill)
        return facts | {"issues_after_success": await _issues(on)}


@asynccontextmanager
async def _house(
    folder: Path, script: Visit
) -> AsyncIterator[tuple[Stage, Service, Cable]]:
    """Set up a house whose Realtime server is behind a cable."""
    async with Supervisor(folder / "service") as supervisor:
        service = Service(supervisor)
        await service.start()
        async with Cable(service.port) as cable:
            options = Options(
                speaker="satellite",
                output=folder / "stage",
                service_url=f"http://127.0.0.1:{cable.port}/v1",
            )
            async with stage(options, script, Terminal()) as on:
                yield on, service, cable


async def _when_it_speaks(on: Stage, disturb: Disturb) -> None:
    """Disturb a conversation once the pumpkin is heard."""
    async with await Ears.at(on.porch.card.address) as ears:
        while ears.heard.now_ms == 0:  # noqa: ASYNC110 - until the first period
            await asyncio.sleep(0.01)
        async with asyncio.timeout(_WITHIN_S):
            await ears.wait_for_sound(ears.heard.now_ms)
        await disturb(ears)


async def _issues(on: Stage) -> Sequence[str]:
    """Return the names of our repairs, as the house lists them."""
    listed = await on.house.ask("repairs/list_issues")
    return [
        str(issue["translation_key"])
        for issue in listed["issues"]
        if issue["domain"] == "realtime_pumpkin"
    ]
