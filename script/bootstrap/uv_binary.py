"""uv: the one on the PATH where it is new enough, else its wheel from the package index."""

import os
from pathlib import Path
import platform
import re
import shutil

from console import SetupError, run
from paths import CACHE_FOLDER
from pypi import fetch_program

OLDEST = (0, 13)
VERSION = "0.13.9"
WHEELS = {
    ("x86_64", "glibc"): (
        f"uv-{VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("x86_64", "musl"): (
        f"uv-{VERSION}-py3-none-musllinux_1_1_x86_64.whl",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    ("aarch64", "glibc"): (
        f"uv-{VERSION}-py3-none-manylinux_2_28_aarch64.whl",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("aarch64", "musl"): (
        (
            f"uv-{VERSION}-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64"
            ".musllinux_1_1_aarch64.whl"
        ),
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
}


def libc() -> str:
    """Tell which C library this machine's programs use: glibc or musl."""
    try:
        return "glibc" if os.confstr("CS_GNU_LIBC_VERSION") else "musl"
    except (OSError, ValueError):
        return "musl"


def version(uv: Path) -> tuple[int, ...]:
    """Return what a uv says it is, (0,) if it does not run."""
    answer = run([uv, "--version"], limit=20)
    found = re.match(r"uv (\d+)\.(\d+)\.(\d+)", answer.stdout)
    if answer.returncode or not found:
        return (0,)
    return tuple(int(part) for part in found.groups())


def find_or_fetch_uv() -> Path:
    """Return a uv that can read this repository's lock file."""
    installed = shutil.which("uv")
    if installed and version(Path(installed)) >= OLDEST:
        return Path(installed)
    target = CACHE_FOLDER / f"uv-{VERSION}"
    if version(target) >= OLDEST:
        return target
    try:
        filename, sha256 = WHEELS[platform.machine(), libc()]
    except KeyError:
        raise SetupError(
            f"there is no uv wheel for {platform.machine()} here. Install uv"
            f" {'.'.join(map(str, OLDEST))} or newer and put it on the PATH."
        ) from None
    fetch_program("uv", filename, sha256, "uv", target)
    return target
