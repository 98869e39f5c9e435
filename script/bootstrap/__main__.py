"""Make everything that the scripts of this repository run on.

Called by `script/setup`; needs nothing but Python 3.9, and is plain enough for it. It makes

- `.venv`: Python 3.14 with Home Assistant, the tests, the linters and the demo;
- `.venv-satellite`: PyPI's `wyoming-satellite`, which wants another `wyoming` than Home Assistant.

Both come from `uv.lock`. With `--home-assistant 2026.11` there is also `.venv-2026.11`, which
differs from `.venv` in that; with `--bench` there is `.venv-bench` with whom `script/bench`
compares us. What belongs to neither (uv, Python where none is installed) lives in
`$XDG_CACHE_HOME/realtime-pumpkin`. With `--uv` it makes nothing, and runs that uv with all
that follows. Debian packages are installed through apt where that may be
done without asking for a password; else the line to type is printed.
"""

from argparse import REMAINDER, ArgumentParser
from concurrent.futures import ThreadPoolExecutor
import fcntl
import os
import sys
import time
from typing import Optional

from console import SetupError, seconds, step
from debian import TO_BUILD, TO_RUN, install, refresh_apt
from environments import BENCH, Environment, make_environments, stale_environments
from interpreter import find_or_install_python, uv_environment
from other_home_assistant import OtherHomeAssistant
from paths import STATE_FOLDER
from pypi import own_index
from uv_binary import find_or_fetch_uv


def update_environments(
    other: Optional[OtherHomeAssistant], more: list[Environment]
) -> None:
    """Bring uv, Python and the environments up to date."""
    stale = stale_environments(*more)
    if other and other.is_current():
        other = None
    if not stale and not other:
        return
    with step("uv") as done:
        uv = find_or_fetch_uv()
        done(str(uv))
    with step("Python 3.14") as done:
        python = find_or_install_python(uv)
        done(str(python))
    make_environments(uv, python, stale)
    if other:
        other.make(uv, python)


def set_up(other: Optional[OtherHomeAssistant], more: list[Environment]) -> None:
    """Install packages and make environments, side by side once there is a compiler."""
    started = time.monotonic()
    refresh_apt()
    install(TO_BUILD)
    with ThreadPoolExecutor(max_workers=1) as beside:
        packages = beside.submit(install, TO_RUN)
        update_environments(other, more)
        packages.result()
    print(f"Set-up is complete ({seconds(started)}).", flush=True)


def run_uv(arguments: list[str]) -> None:
    """Become the uv that set-up uses, with the user's own index where there is one."""
    uv = find_or_fetch_uv()
    index = own_index()
    settings = uv_environment(**({"UV_DEFAULT_INDEX": index} if index else {}))
    os.execve(uv, [str(uv), *arguments], settings)


def main() -> int:
    """Set up under a lock, so that two shells may ask at once."""
    parser = ArgumentParser(description="Make what the scripts run on.")
    parser.add_argument(
        "--home-assistant", metavar="MONTH", help="such as 2026.11, or beta"
    )
    parser.add_argument(
        "--bench", action="store_true", help="also make what script/bench compares"
    )
    parser.add_argument(
        "--uv", nargs=REMAINDER, help="run uv with what follows, and make nothing"
    )
    given = parser.parse_args()
    month = given.home_assistant
    STATE_FOLDER.mkdir(parents=True, exist_ok=True)
    with (STATE_FOLDER / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if given.uv:
                run_uv(given.uv)
            set_up(
                OtherHomeAssistant(month) if month else None,
                [BENCH] if given.bench else [],
            )
        except SetupError as error:
            print(f"\nSet-up stopped: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
