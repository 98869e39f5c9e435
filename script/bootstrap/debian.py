"""System packages, through apt where that needs no password."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes.util import find_library
import os
from pathlib import Path
import shutil
import ssl
import sys
import sysconfig
from typing import Callable, NamedTuple

from console import SetupError, run, step


def has(*programs: str) -> Callable[[], bool]:
    """Return a probe for programs on the PATH."""
    return lambda: all(shutil.which(program) for program in programs)


def has_browser() -> bool:
    """Tell whether there is a browser that the card can be tried in."""
    return any(has(name)() for name in ("chromium", "google-chrome"))


def has_certificates() -> bool:
    """Tell whether the system knows certificate authorities."""
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))


def has_headers() -> bool:
    """Tell whether this Python can compile for itself, if it is the one to be used."""
    headers = Path(sysconfig.get_path("include"), "Python.h")
    return sys.version_info < (3, 14, 2) or headers.exists()


class Need(NamedTuple):
    """What the system must have: a package, by Debian's name first, and how to tell."""

    names: Sequence[str]
    is_met: Callable[[], bool]


TO_BUILD = [
    Need(["ca-certificates"], has_certificates),
    Need(["build-essential"], has("cc", "c++")),  # not all requirements have wheels
    Need(["python3-dev"], has_headers),
]
TO_RUN = [
    Need(["ffmpeg"], has("ffmpeg")),  # Home Assistant's own need
    Need(["libturbojpeg0", "libturbojpeg"], lambda: bool(find_library("turbojpeg"))),
    Need(["libjemalloc2"], lambda: bool(find_library("jemalloc"))),  # its container's
    Need(["libopus0"], lambda: bool(find_library("opus"))),  # its telephone calls
    Need(["mpd"], has("mpd")),  # the loudspeaker of the demo
    Need(["flite"], has("flite")),  # the offline voices of the demo
    Need(["nodejs"], has("node")),  # runs the tests of the card's modules
    Need(["chromium"], has_browser),  # shows the card
]
QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_SUSPEND": "1",
    "RUNLEVEL": "1",  # sysv: a newly installed service does not start
}
INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"]
SERVICES = {"mpd": ["mpd.service", "mpd.socket"]}


def missing(needs: list[Need]) -> list[Need]:
    """List the needs that the system does not meet."""
    return [need for need in needs if not need.is_met()]


def first_names(needs: list[Need]) -> str:
    """Write the packages of some needs for a person."""
    return " ".join(need.names[0] for need in needs)


def privileges() -> list[str]:
    """Return the words before a command that needs root; raises SetupError without them."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"], limit=10).returncode == 0:
        return ["sudo", "-n"]
    names = first_names(missing([*TO_BUILD, *TO_RUN]))
    raise SetupError(
        "some Debian packages are missing and installing them needs a password."
        " Type\n\n    sudo apt-get update\n"
        f"    sudo apt-get install --no-install-recommends {names}\n\n"
        "and run this again. (Ubuntu calls libturbojpeg0 libturbojpeg.)"
    )


def known_name(names: Sequence[str]) -> str:
    """Return the name under which apt knows a package."""
    for name in names:
        if run(["apt-cache", "show", name]).returncode == 0:
            return name
    raise SetupError(
        f"apt knows no package {' or '.join(names)}. On Ubuntu enable `universe` in the"
        " sources and run `sudo apt-get update`."
    )


@contextmanager
def services_stay_off(packages: list[str], as_root: list[str]) -> Iterator[None]:
    """Keep what is newly installed from running as a system service, now or at boot."""
    units = [unit for package in packages for unit in SERVICES.get(package, [])]
    if not units or not Path("/run/systemd/system").is_dir():
        yield
        return
    run([*as_root, "systemctl", "mask", "--runtime", *units])
    try:
        yield
    finally:
        run([*as_root, "systemctl", "unmask", "--runtime", *units])
        run([*as_root, "systemctl", "disable", *units])
        run([*as_root, "systemctl", "--global", "disable", *units])


def apt(as_root: list[str], *words: str) -> None:
    """Run one apt command without questions; raises SetupError when it fails."""
    settings = ["env", *(f"{name}={value}" for name, value in QUIET.items())]
    patience = ["-q", "-o", "DPkg::Lock::Timeout=120"]
    answer = run([*as_root, *settings, *words, *patience])
    if answer.returncode:
        said = "\n".join(answer.stdout.strip().splitlines()[-20:])
        raise SetupError(f"`{' '.join(words)}` failed:\n{said}")


def refresh_apt() -> None:
    """Make apt ready for what is missing; raises SetupError with the line to type."""
    needs = missing([*TO_BUILD, *TO_RUN])
    if not needs:
        return
    if not shutil.which("apt-get"):
        raise SetupError(
            f"this system lacks what Debian's packages {first_names(needs)} contain, and"
            " has no apt. Install the programs by its own means and run this again."
        )
    with step("Debian's package lists"):
        apt(privileges(), "apt-get", "update")


def install(needs: list[Need]) -> None:
    """Install what the system lacks; raises SetupError when apt cannot."""
    lacking = missing(needs)
    if not lacking:
        return
    with step(f"Debian packages {first_names(lacking)}"):
        as_root = privileges()
        packages = [known_name(need.names) for need in lacking]
        with services_stay_off(packages, as_root):
            apt(as_root, *INSTALL, *packages)
    if missing(lacking):
        raise SetupError(
            f"{first_names(missing(lacking))}: installed, but not to be found."
        )
