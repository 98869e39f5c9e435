"""The virtual environments, each made by uv from the lock file.

`.venv` holds everything but `.venv-satellite`, which holds `wyoming-satellite`, and
`.venv-bench`, which holds whom `script/bench` compares us with.
"""

from dataclasses import dataclass
import hashlib
from pathlib import Path

from console import SetupError, run, show, step
from interpreter import uv_environment
from paths import REPOSITORY, STATE_FOLDER
from pypi import own_index


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the dependency groups it holds."""

    folder: str
    groups: list[str]

    @property
    def python(self) -> Path:
        """Return its interpreter."""
        return REPOSITORY / self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Return the file that tells from which lock file it was made."""
        return STATE_FOLDER / f"{self.folder.lstrip('.')}.stamp"


DEV = Environment(".venv", ["--group", "dev"])
ENVIRONMENTS = [
    DEV,
    Environment(".venv-satellite", ["--only-group", "satellite"]),
]
BENCH = Environment(".venv-bench", ["--only-group", "bench"])


def fingerprint() -> str:
    """Return what must not change for an environment to stay as it is."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "uv.lock"):
        digest.update((REPOSITORY / name).read_bytes())
    return digest.hexdigest()


def is_current(environment: Environment) -> bool:
    """Tell whether an environment was made from this lock file and still runs."""
    return (
        environment.stamp.exists()
        and environment.stamp.read_text() == fingerprint()
        and run([environment.python, "-I", "-S", "-c", ""]).returncode == 0
    )


def stale_environments(*others: Environment) -> list[Environment]:
    """List the environments that must be made or changed, some `others` among them."""
    return [one for one in (*ENVIRONMENTS, *others) if not is_current(one)]


def sync(uv: Path, python: Path, environment: Environment) -> int:
    """Make an environment exactly what the lock file says."""
    settings = uv_environment(
        UV_PROJECT_ENVIRONMENT=environment.folder, UV_PYTHON_DOWNLOADS="never"
    )
    settings.pop("VIRTUAL_ENV", None)
    base = [uv, "--project", REPOSITORY, "--directory", REPOSITORY]
    if own_index() is None:
        command = [*base, "sync", "--locked", "--no-default-groups"]
        return show([*command, *environment.groups, "--python", python], settings)
    return sync_from_own_index([*base], python, environment)


def sync_from_own_index(
    base: list[object], python: Path, environment: Environment
) -> int:
    """Make an environment from the user's own index: the same files by their hashes."""
    settings = uv_environment(UV_DEFAULT_INDEX=own_index() or "")
    wanted = STATE_FOLDER / f"{environment.folder.lstrip('.')}.txt"
    export = [*base, "export", "--frozen", "-q", "--no-default-groups"]
    return (
        show([*export, *environment.groups, "-o", wanted], settings)
        or show([*base, "venv", "-q", "--clear", "-p", python, environment.folder])
        or show(
            [
                *[*base, "pip", "sync", "--require-hashes"],
                *["--python", environment.python, wanted],
            ],
            settings,
        )
    )


def make_environments(uv: Path, python: Path, stale: list[Environment]) -> None:
    """Bring environments up to date; raises SetupError where uv cannot."""
    for environment in stale:
        with step(environment.folder):
            if sync(uv, python, environment):
                raise SetupError(
                    f"{environment.folder} could not be made. If the reason above does"
                    " not tell, remove that folder and run this again."
                )
            environment.stamp.write_text(fingerprint())
