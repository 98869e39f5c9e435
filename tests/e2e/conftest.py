"""Scenarios with real processes, each played once for all of its checks."""

from collections.abc import Callable
from dataclasses import dataclass
import json
from pathlib import Path
import re
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SCENARIO_S = 560
_LONG_SCENARIO_S = 1000
_DEMO_S = 300
_END_S = 60

type Play = Callable[[str], "Scenario"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario left: its facts, its folder and what it printed."""

    folder: Path
    facts: dict[str, Any]
    printed: str

    def report(self, visit: str) -> dict[str, Any]:
        """Return the report of one of its visits."""
        content: dict[str, Any] = json.loads(
            (self.folder / visit / "report.json").read_text(encoding="utf-8")
        )
        return content


@dataclass(frozen=True, slots=True)
class KeptDemo:
    """`script/demo --keep`, as a user saw it until Ctrl-C."""

    folder: Path
    printed: str
    answered: int
    """The HTTP status of Home Assistant while everything was kept."""

    status: int
    left: list[str]
    """The commands of children that outlived it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the checks that take ten minutes be asked for."""
    parser.addoption("--long", action="store_true", help="also what takes ten minutes")


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Return what plays a scenario in a process of its own, each only once."""
    played: dict[str, Scenario] = {}

    def once(name: str) -> Scenario:
        if name not in played:
            played[name] = _played(name, tmp_path_factory.mktemp(name))
        return played[name]

    return once


@pytest.fixture(scope="session")
def kept_demo(tmp_path_factory: pytest.TempPathFactory) -> KeptDemo:
    """Run the demo as the README says, with everything kept until Ctrl-C."""
    folder = tmp_path_factory.mktemp("demo")
    log = folder / "printed.txt"
    with log.open("wb") as output:
        demo = subprocess.Popen(
            ["script/demo", "--keep", "--output", str(folder / "latest")],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        printed = _until(log, "until Ctrl-C", demo)
        address = re.search(r"Home Assistant: (http://\S+)", printed)
        assert address, printed
        answered = _status(address[1])
        children = _children(demo.pid)
        demo.send_signal(signal.SIGINT)
        status = demo.wait(_END_S)
    finally:
        if demo.poll() is None:
            demo.kill()
    left = [name for pid, name in children.items() if Path(f"/proc/{pid}").exists()]
    return KeptDemo(folder / "latest", log.read_text(), answered, status, left)


def _played(name: str, folder: Path) -> Scenario:
    """Play a scenario; fail with what it printed where it has no result."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.scenario", name, str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LONG_SCENARIO_S if name.endswith("-long") else _SCENARIO_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    return Scenario(folder, facts, done.stdout)


def _status(address: str) -> int:
    """Return what an address answers; sockets are forbidden in this process."""
    code = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).status)"
    asked = subprocess.run(
        [sys.executable, "-c", code, address],
        capture_output=True,
        text=True,
        timeout=_END_S,
        check=True,
    )
    return int(asked.stdout)


def _until(log: Path, text: str, process: subprocess.Popen[bytes]) -> str:
    """Wait until a process has printed something and return all it printed."""
    deadline = time.monotonic() + _DEMO_S
    while text not in (printed := log.read_text(encoding="utf-8")):
        assert process.poll() is None, printed
        assert time.monotonic() < deadline, printed
        time.sleep(0.1)
    return printed


def _children(pid: int) -> dict[int, str]:
    """Return the descendants of a process with their commands."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parents[int(entry.name)] = _parent(entry)
    found: dict[int, str] = {}
    generation = {pid}
    while generation:
        generation = {child for child, above in parents.items() if above in generation}
        found |= {child: _command(child) for child in generation}
    return found


def _parent(entry: Path) -> int:
    """Return a process's parent, 0 where it has just gone."""
    try:
        stat = (entry / "stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def _command(pid: int) -> str:
    """Return what a process runs."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()
