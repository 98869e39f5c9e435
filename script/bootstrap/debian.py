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
from typing import Callable

from console import SetupError, run, step


def has(*programs: str) -> Callable[[], bool]:
    """Return a probe for programs on the PATH."""
    return lambda: all(shutil.which(program) for program in programs)


def has_certificates() -> bool:
    """Tell whether the system knows certificate authorities."""
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))


def has_headers() -> bool:
    """Tell whether this Python can compile for itself, if it is the one to be used."""
    headers = Path(sysconfig.get_path("include"), "Python.h")
    return sys.version_info < (3, 14, 2) or headers.exists()


# Each need: the package's names (Debian's, Ubuntu's) and how to tell that it is met.
NEEDS: list[tuple[Sequence[str], Callable[[], bool]]] = [
    (["ca-certificates"], has_certificates),
    (["build-essential"], has("cc", "c++")),  # some requirements have no wheel for 3.14
    (["python3-dev"], has_headers),
    (["ffmpeg"], has("ffmpeg")),  # Home Assistant's own need
    (["libturbojpeg0", "libturbojpeg"], lambda: bool(find_library("turbojpeg"))),
    (["mpd"], has("mpd")),  # the loudspeaker of the demo
    (["flite"], has("flite")),  # the offline voices of the demo
]
QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_SUSPEND": "1",
    "RUNLEVEL": "1",  # sysv: a newly installed service does not start
}
INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"]
SERVICES = {"mpd": ["mpd.service", "mpd.socket"]}


def missing_packages() -> list[Sequence[str]]:
    """List the packages whose need is not met, each with all its names."""
    return [names for names, is_met in NEEDS if not is_met()]


def privileges() -> list[str]:
    """Return the words before a command that needs root; raises SetupError without them."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"], limit=10).returncode == 0:
        return ["sudo", "-n"]
    names = " ".join(names[0] for names in missing_packages())
    raise SetupError(
        "some Debian packages are missing and installing them needs a password."
        f" Type\n\n    sudo apt-get update\n"
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


def install_missing_packages() -> None:
    """Install what the system lacks; raises SetupError with the line to type."""
    missing = missing_packages()
    if not missing:
        return
    if not shutil.which("apt-get"):
        names = ", ".join(names[0] for names in missing)
        raise SetupError(
            f"this system lacks what Debian's packages {names} contain, and has no apt."
            " Install the programs by its own means and run this again."
        )
    as_root = privileges()
    with step("Debian packages: " + " ".join(names[0] for names in missing)):
        apt(as_root, "apt-get", "update")
        packages = [known_name(names) for names in missing]
        with services_stay_off(packages, as_root):
            apt(as_root, *INSTALL, *packages)
    still = [names[0] for names in missing_packages()]
    if still:
        raise SetupError(f"{', '.join(still)}: installed, but not to be found.")
