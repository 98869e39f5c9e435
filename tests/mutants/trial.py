"""Run the tests of one guard without it, in a process that has loaded the rest before.

Loading Home Assistant takes far longer than most of the tests, so it is loaded once,
into a process of which each trial is a fork.
"""

from collections.abc import Sequence
import contextlib
from dataclasses import dataclass
import io
from multiprocessing import get_context
from multiprocessing.connection import Connection
import os
import pkgutil
from typing import Final

import pytest

from custom_components import realtime_pumpkin
from tests.mutants.mutant import INTEGRATION, Guard

TIMEOUT_S: Final = 600
_HOW: Final = ("-q", "-x", "-n0", "--tb=no", "-p", "no:cacheprovider")
# It replaces parts of Home Assistant, which must not be loaded before.
_FIRST: Final = "pytest_homeassistant_custom_component.plugins"
_FORKS: Final = get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of the tests of a guard that was off."""

    status: int | None
    """What pytest says; None where it came to no end."""

    output: str

    @property
    def is_noticed(self) -> bool:
        """Tell whether a test failed, and said so itself."""
        return self.status == pytest.ExitCode.TESTS_FAILED


def load() -> None:
    """Let trials begin with all modules of the integration."""
    modules = pkgutil.walk_packages(realtime_pumpkin.__path__, f"{INTEGRATION}.")
    _FORKS.set_forkserver_preload(
        ["custom_components", _FIRST, *(module.name for module in modules)]
    )


def attempt(guard: Guard) -> Trial:
    """Run the tests of a guard without it."""
    ours, theirs = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_run, args=(guard.name, guard.tests, theirs))
    process.start()
    theirs.close()
    try:
        trial = ours.recv() if ours.poll(TIMEOUT_S) else Trial(None, "no end")
    except EOFError:
        trial = Trial(None, "it died")
    process.kill()
    process.join()
    return trial


def _run(name: str, tests: Sequence[str], tell: Connection) -> None:
    """Run tests without a guard in this process, and tell what came of it."""
    plugin = ("-p", "tests.mutants.plugin", "--without", name)
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        status = pytest.main([*plugin, *_HOW, *tests])
    tell.send(Trial(int(status), told.getvalue()))
    # Threads of a test that failed may go on for ever.
    os._exit(0)
