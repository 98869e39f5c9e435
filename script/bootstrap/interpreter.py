"""Python 3.14: an installed one, else uv's, else Debian's in a folder of our own."""

from pathlib import Path
from typing import Optional

from console import environment, run
from debian_python import unpack_python, unpacked_python
from paths import CACHE_FOLDER

VERSIONS = ">=3.14.2,<3.15"
# Debian keeps some of these, and the headers, in packages of their own.
COMPLETE = """
import ctypes, pathlib, sqlite3, ssl, sys, sysconfig
headers = pathlib.Path(sysconfig.get_path("include"), "Python.h")
sys.exit(not headers.exists())
"""


def uv_environment(**changes: str) -> dict[str, str]:
    """Return the environment for uv: our cache also for its Pythons and lock files."""
    temporary = CACHE_FOLDER / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    return environment(
        TMPDIR=str(temporary),
        UV_PYTHON_INSTALL_DIR=str(CACHE_FOLDER / "uv-python"),
        UV_SYSTEM_CERTS="true",
        **changes,
    )


def installed_python(uv: Path) -> Optional[Path]:
    """Return an installed Python that can build and run everything, if there is one."""
    answer = run(
        [uv, "python", "find", "--system", "--no-python-downloads", VERSIONS],
        uv_environment(UV_PYTHON_PREFERENCE="managed", VIRTUAL_ENV=""),
        limit=60,
    )
    if answer.returncode:
        return None
    python = Path(answer.stdout.strip().splitlines()[-1])
    return (
        python
        if run([python, "-I", "-c", COMPLETE], limit=30).returncode == 0
        else None
    )


def install_python(uv: Path) -> bool:
    """Let uv download Python, without patience for a host that cannot be reached."""
    answer = run(
        [uv, "python", "install", "--no-bin", "3.14"],
        uv_environment(UV_HTTP_RETRIES="0", UV_HTTP_CONNECT_TIMEOUT="5"),
        limit=180,
    )
    if answer.returncode:
        reason = answer.stdout.strip().splitlines() or ["no answer"]
        print(f"    uv has no download for it here ({reason[-1].strip()})", flush=True)
    return answer.returncode == 0


def find_or_install_python(uv: Path) -> Path:
    """Return a complete Python 3.14; raises SetupError where none can be had."""
    python = installed_python(uv) or unpacked_python()
    if python is None and install_python(uv):
        python = installed_python(uv)
    return python or unpack_python()
