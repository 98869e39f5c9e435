"""How set-up runs programs and talks to the person who waits for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import Callable, Optional


class SetupError(Exception):
    """Set-up cannot go on; the text says why and what to do."""


def seconds(since: float) -> str:
    """Write the time since a monotonic moment, in seconds."""
    return f"{time.monotonic() - since:.1f} s"


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Announce a step, then its outcome and how long it took; others may run beside it."""
    print(f"==> {title}", flush=True)
    started = time.monotonic()
    outcome = ["done"]

    def done(text: str) -> None:
        """Say what came of the step."""
        outcome[0] = text

    yield done
    print(f"    {title}: {outcome[0]} ({seconds(started)})", flush=True)


def environment(**changes: str) -> dict[str, str]:
    """Return our own environment with `changes`."""
    return {**os.environ, **changes}


def run(
    command: Sequence[object],
    env: Optional[dict[str, str]] = None,
    limit: float = 900,
    folder: Optional[Path] = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a program without showing its output; never raises for its exit status."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words,
            env=env,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 124, f"no end after {limit:.0f} s")
    except OSError as error:
        return subprocess.CompletedProcess(words, 127, str(error))


def show(command: Sequence[object], env: Optional[dict[str, str]] = None) -> int:
    """Run a program that reports its own progress and return its exit status."""
    words = [str(word) for word in command]
    if sys.stdout.isatty():
        return subprocess.run(words, env=env, check=False).returncode
    with subprocess.Popen(
        words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith((" + ", " - ", " ~ ")):  # one per package
                print(f"    {line}", end="", flush=True)
    return process.returncode
