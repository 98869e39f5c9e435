"""The processes of a benchmark: the server on one core, who is measured on the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / ".venv-bench/bin/python"
OURS = ROOT / ".venv/bin/python"
CORES = sorted(os.sched_getaffinity(0))
MEASURED, SERVING = CORES[0], CORES[-1]
"""The cores of who is measured, and of servers and feeders."""


def pinned(core: int, python: Path, module: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs a module on one core."""
    return ("taskset", "-c", str(core), str(python), "-m", module, *arguments)


class BenchServer:
    """The local server in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        """Know where it listens."""
        self._process = process
        self.port = port

    @property
    def url(self) -> str:
        """Return where a session is had."""
        return f"ws://127.0.0.1:{self.port}/v1/realtime?model=gpt-realtime"

    async def take_delays(self) -> list[float]:
        """Return how late frames arrived since this was asked last, in ms."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        delays: list[float] = json.loads(await _line(self._process, 10))
        return delays


@asynccontextmanager
async def running_server(*arguments: str) -> AsyncIterator[BenchServer]:
    """Run the server, on the other core, while the context lasts."""
    process = await asyncio.create_subprocess_exec(
        *pinned(SERVING, OURS, "benchmarks.server", *arguments),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    try:
        yield BenchServer(process, int(await _line(process, 30)))
    finally:
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(10):
            await process.wait()


class Worker:
    """A process that is measured again and again, and sleeps in between."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        """Know the process."""
        self._name = name
        self._process = process

    async def do(self, within: float = 60, **job: Any) -> dict[str, Any]:
        """Let it do a job; return what it says of it.

        Raises `RuntimeError` with what it complained of where it failed.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        try:
            answer = await _line(self._process, within)
        except TimeoutError as err:
            raise RuntimeError(f"{self._name}: no answer in {within:.0f} s") from err
        if not answer:
            assert self._process.stderr is not None
            said = await self._process.stderr.read()
            raise RuntimeError(f"{self._name}: {said.decode()[-500:]}")
        result: dict[str, Any] = json.loads(answer)
        return result


@asynccontextmanager
async def working(name: str, python: Path, module: str) -> AsyncIterator[Worker]:
    """Keep a worker on the measured core while the context lasts.

    It reads a line of JSON for each job, and prints a line of JSON when it is done.
    """
    process = await asyncio.create_subprocess_exec(
        *pinned(MEASURED, python, module),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    try:
        yield Worker(name, process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _line(process: asyncio.subprocess.Process, within: float) -> bytes:
    """Return the next line that a process prints."""
    assert process.stdout is not None
    async with asyncio.timeout(within):
        return await process.stdout.readline()
