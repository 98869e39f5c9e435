"""No child outlives the demo, and one that fails says why."""

import asyncio
from collections.abc import Callable
import os
from pathlib import Path
import signal
import sys

import pytest

from demo.rig.places import Folder
from demo.rig.processes import RigError, Supervisor, answers, free_port

pytestmark = pytest.mark.usefixtures("socket_enabled")

SLEEPER = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"
PARENT = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)"
)


def python(code: str) -> list[str]:
    """Return the command of a small program."""
    return [sys.executable, "-I", "-S", "-c", code]


def alive(pid: int) -> bool:
    """Return whether a process runs (one that only waits to be reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


async def eventually(true: Callable[[], bool]) -> None:
    """Wait until something is true: other processes do not tell us."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def written(log: Path) -> str:
    """Wait until a line is in a log and return it."""
    await eventually(lambda: log.read_text().endswith("\n"))
    return await asyncio.to_thread(log.read_text)


async def test_children_end_with_their_supervisor(tmp_path: Path) -> None:
    """Leaving the block is enough."""
    async with Supervisor(tmp_path) as supervisor:
        process = await supervisor.start("sleeper", python(SLEEPER))
        await written(process.log)
    assert not process.running
    assert not alive(process.pid)


async def test_children_end_when_the_demo_fails(tmp_path: Path) -> None:
    """An error on the way leaves nothing behind."""
    supervisor = Supervisor(tmp_path)
    await supervisor.__aenter__()
    process = await supervisor.start("sleeper", python(SLEEPER))
    error = ZeroDivisionError()
    await supervisor.__aexit__(ZeroDivisionError, error, None)
    assert not process.running


async def test_a_child_that_will_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kindness has its end."""
    monkeypatch.setattr("demo.rig.processes._END_S", 0.1)
    async with Supervisor(tmp_path) as supervisor:
        process = await supervisor.start("stubborn", python(STUBBORN))
        await written(process.log)
    assert await process.wait() == -signal.SIGKILL


async def test_grandchildren_end_too(tmp_path: Path) -> None:
    """A satellite starts programs of its own."""
    async with Supervisor(tmp_path) as supervisor:
        process = await supervisor.start("parent", python(PARENT))
        grandchild = int(await written(process.log))
        assert alive(grandchild)
    await eventually(lambda: not alive(grandchild))


async def test_a_child_has_a_process_group_of_its_own(tmp_path: Path) -> None:
    """Ctrl-C in a terminal reaches the demo, which then ends the others in order."""
    async with Supervisor(tmp_path) as supervisor:
        process = await supervisor.start("sleeper", python(SLEEPER))
        assert os.getpgid(process.pid) == process.pid != os.getpgrp()


async def test_a_child_that_ends_too_early_shows_the_end_of_its_log(
    tmp_path: Path,
) -> None:
    """The reason is on the terminal, not only in a file."""
    async with Supervisor(tmp_path) as supervisor:
        process = await supervisor.start("broken", python("raise SystemExit('why')"))
        with pytest.raises(RigError, match=r"ended too early(.|\n)*why"):
            await process.ready(_never, 20)


async def test_a_child_that_never_gets_ready_is_told(tmp_path: Path) -> None:
    """Waiting has an end as well."""
    async with Supervisor(tmp_path) as supervisor:
        process = await supervisor.start("sleeper", python(SLEEPER))
        with pytest.raises(RigError, match="was not ready"):
            await process.ready(_never, 0.1)


async def test_a_program_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    """The first thing a new user may run into."""
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(RigError, match="script/setup"):
            await supervisor.start("missing", ["/no/such/program"])


async def test_options_are_given_to_the_child(tmp_path: Path) -> None:
    """Each as a name and a value."""
    async with Supervisor(tmp_path) as supervisor:
        command = python("import sys; print(sys.argv[1:], flush=True)")
        process = await supervisor.start("echo", command, {"--port": 5})
        assert await written(process.log) == "['--port', '5']\n"


async def test_a_free_port_is_free_until_somebody_listens() -> None:
    """Nobody answers, then somebody does."""
    port = free_port()
    assert not await answers(port)
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", port
    )
    assert await answers(port)
    server.close()
    await server.wait_closed()


def test_a_folder_is_empty_before_every_visit(tmp_path: Path) -> None:
    """The last visit's files are gone, the parts are there."""
    folder = Folder(tmp_path / "latest")
    folder.renew()
    (folder.logs / "old.log").write_text("old")
    folder.renew()
    assert list(folder.logs.iterdir()) == []
    assert folder.home.is_dir()


async def _never() -> bool:
    """Say no."""
    return False
