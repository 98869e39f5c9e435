"""Child processes that never outlive the demo."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import contextlib
import ctypes
import os
from pathlib import Path
import signal
import socket
from types import TracebackType
from typing import Self

_PR_SET_PDEATHSIG = 1
_END_S = 15.0
_POLL_S = 0.05
_LOG_TAIL = 12

_libc = ctypes.CDLL(None)


class RigError(Exception):
    """Something that the visit needs could not be had; says what to do."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def answers(port: int) -> bool:
    """Return whether somebody listens at a port of 127.0.0.1."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


class Process:
    """A child in its own process group, with a log file of its own."""

    def __init__(self, name: str, child: asyncio.subprocess.Process, log: Path) -> None:
        """Take over a child that has just been started."""
        self.name = name
        self.log = log
        self._child = child

    @property
    def pid(self) -> int:
        """Return the process id, which is also its group's."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Return whether the child has not ended."""
        return self._child.returncode is None

    async def wait(self) -> int:
        """Wait for the child's end and return its exit status."""
        return await self._child.wait()

    async def ready(
        self, probe: Callable[[], Awaitable[bool]], within_s: float
    ) -> None:
        """Wait until the probe says yes; raise `RigError` with the log's tail."""
        try:
            async with asyncio.timeout(within_s):
                while not await probe():
                    if not self.running:
                        raise RigError(self._explain("ended too early"))
                    await asyncio.sleep(_POLL_S)
        except TimeoutError as err:
            raise RigError(self._explain(f"was not ready in {within_s:.0f} s")) from err

    async def end(self) -> None:
        """End the child's whole group, kindly first; never raises."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), _END_S)
                break
        # What the child left behind in its group goes with it.
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the group, where it still exists."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _explain(self, what: str) -> str:
        """Return what went wrong with the last lines of the log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        tail = "\n".join(f"    {line}" for line in lines[-_LOG_TAIL:])
        return f"{self.name} {what}; the end of {self.log}:\n{tail}"


class Supervisor:
    """Start children and end them all, the last one first."""

    def __init__(self, logs: Path) -> None:
        """Keep the children's logs in a folder."""
        self._logs = logs
        self._children: list[Process] = []

    async def __aenter__(self) -> Self:
        """Make the folder for logs."""
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every child."""
        await asyncio.shield(self.end())

    async def start(
        self,
        name: str,
        command: Sequence[str | Path],
        options: Mapping[str, object] | None = None,
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a child; its output goes to `<name>.log`.

        Options are given as `--name value`. Raises `RigError` where there is no
        such program.
        """
        words = [part for option in (options or {}).items() for part in option]
        log = self._logs / f"{name}.log"
        with log.open("ab") as output:
            try:
                child = await asyncio.create_subprocess_exec(
                    *map(str, [*command, *words]),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    cwd=cwd,
                    env={**os.environ, **(env or {})},
                    start_new_session=True,
                    preexec_fn=_die_with_parent,
                )
            except FileNotFoundError as err:
                raise RigError(
                    f"{command[0]} is not there; run script/setup first"
                ) from err
        process = Process(name, child, log)
        self._children.append(process)
        return process

    async def stop(self, process: Process) -> None:
        """End one child before the others."""
        self._children.remove(process)
        await process.end()

    async def end(self) -> None:
        """End every child, the last one first."""
        while self._children:
            await self._children.pop().end()


def _die_with_parent() -> None:
    """Ask the kernel to end this child when the demo dies, however it dies."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
