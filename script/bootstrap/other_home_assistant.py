"""An environment with another Home Assistant than the one of the lock file.

The test plugin pins one release of Home Assistant. Here that pin, and those of what
Home Assistant and its integrations pin themselves, give way to what the other release
says; everything else is as in `.venv`. Nothing is locked: it is the newest release of a
month, for checks beside the ones that count. An index that lags behind may not have all
that the release pins; the newest before it is taken then, and said.
"""

import json
from pathlib import Path
import re

from console import SetupError, run, show, step
from environments import DEV, Environment, fingerprint, is_current
from interpreter import uv_environment
from paths import REPOSITORY, STATE_FOLDER
from pypi import own_index

_MONTH = re.compile(r"\d{4}\.\d{1,2}")
BETA = "beta"
_LACKING = re.compile(r"no version of ([A-Za-z0-9._-]+)==")
_OVERRIDDEN = {"zeroconf"}  # by pyproject.toml already, and uv takes no two overrides
_NAME = re.compile(r"[A-Za-z0-9._-]+")


class OtherHomeAssistant:
    """`.venv-<month>`, such as `.venv-2026.11`, or `.venv-beta`: the very newest."""

    def __init__(self, month: str) -> None:
        """Raise SetupError where `month` is neither half a version nor `beta`."""
        if month != BETA and not _MONTH.fullmatch(month):
            raise SetupError(
                f"--home-assistant wants a month, 2026.11, or beta, not {month}."
            )
        is_beta = month == BETA
        self._wanted = (
            "homeassistant>=2026.10b0" if is_beta else f"homeassistant~={month}.0"
        )
        self._environment = Environment(f".venv-{month}", DEV.groups)
        self._pins = STATE_FOLDER / f"home-assistant-{month}.txt"
        self._limits = STATE_FOLDER / f"home-assistant-{month}-limits.txt"

    def is_current(self) -> bool:
        """Tell whether it was made for this `pyproject.toml` and still runs."""
        return is_current(self._environment)

    def make(self, uv: Path, python: Path) -> None:
        """Make it anew; raises SetupError where uv cannot."""
        one = self._environment
        with step(one.folder) as done:
            one.stamp.unlink(missing_ok=True)
            self._uv(uv, "venv", "-q", "--clear", "-p", python, one.folder)
            self._install(uv, "--no-deps", self._wanted)
            pins = self._read_pins()
            self._install_all(uv, pins)
            done(self._outcome(pins))
            one.stamp.write_text(fingerprint())

    def _install_all(self, uv: Path, pins: dict[str, str]) -> None:
        """Install everything; a pin that the index does not have becomes a limit."""
        loose: set[str] = set()
        arguments = [
            *self._environment.groups,
            *("--override", self._pins, "--constraint", self._limits),
        ]
        while True:
            lines = [
                line.replace("==", "<=") if name in loose else line
                for name, line in pins.items()
                if name not in _OVERRIDDEN
            ]
            self._pins.write_text("\n".join(lines))
            python = ("--python", self._environment.python)
            trial = ("pip", "install", "--dry-run", *python, *arguments)
            said = run(self._command(uv, *trial), self._settings()).stdout
            lacking = {_name(name) for name in _LACKING.findall(said)} - loose
            if not lacking:
                break
            loose |= lacking
        self._install(uv, *arguments)

    def _install(self, uv: Path, *arguments: object) -> None:
        """Install packages into it."""
        python = ("--python", self._environment.python)
        self._uv(uv, "pip", "install", *python, *arguments)

    def _uv(self, uv: Path, *arguments: object) -> None:
        """Run uv in the repository; raises SetupError where it fails."""
        if show(self._command(uv, *arguments), self._settings()):
            raise SetupError(
                f"{self._environment.folder} could not be made; the reason is above."
            )

    def _command(self, uv: Path, *arguments: object) -> list[object]:
        """Return a command of uv in the repository."""
        return [uv, "--directory", REPOSITORY, *arguments]

    def _settings(self) -> dict[str, str]:
        """Return uv's environment, with the user's own index where there is one."""
        index = own_index()
        return uv_environment(**({"UV_DEFAULT_INDEX": index} if index else {}))

    def _site(self) -> Path:
        """Return where its packages are."""
        folder = REPOSITORY / self._environment.folder
        return next(folder.glob("lib/*/site-packages"))

    def _installed(self) -> dict[str, str]:
        """Return the versions of its packages by their names."""
        found = [
            path.name[: -len(".dist-info")].rsplit("-", 1)
            for path in self._site().glob("*.dist-info")
        ]
        return {_name(name): version for name, version in found}

    def _read_pins(self) -> dict[str, str]:
        """Return what this release pins, by name; write what it only limits."""
        itself = self._installed()["homeassistant"]
        package = self._site() / "homeassistant"
        metadata = self._site() / f"homeassistant-{itself}.dist-info" / "METADATA"
        said = [f"homeassistant=={itself}", *_required(metadata)]
        said += (package / "package_constraints.txt").read_text().splitlines()
        said += _integrations(package)
        wishes = {_name(line): line for line in reversed(said) if _NAME.match(line)}
        pins = {name: line for name, line in wishes.items() if "==" in line}
        limits = [line for name, line in wishes.items() if name not in pins]
        self._limits.write_text("\n".join(limits))
        return pins

    def _outcome(self, pins: dict[str, str]) -> str:
        """Write which release it has, and what is not as that release wants it."""
        installed = self._installed()
        others = [
            f"; {name} {installed[name]}, not {line.split('==')[1]}"
            for name, line in pins.items()
            if name in installed
            and installed[name] != line.split("==")[1].split(";")[0]
        ]
        return f"Home Assistant {installed['homeassistant']}" + "".join(others)


def _required(metadata: Path) -> list[str]:
    """Return what a package requires, by its metadata."""
    lines = metadata.read_text(encoding="utf-8").splitlines()
    return [line.split(": ", 1)[1] for line in lines if line.startswith("Requires-D")]


def _integrations(package: Path) -> list[str]:
    """Return what Home Assistant's own integrations require."""
    manifests = sorted(package.glob("components/*/manifest.json"))
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in manifests]
    return [wish for content in contents for wish in content.get("requirements", [])]


def _name(requirement: str) -> str:
    """Return the package that a requirement names, as the index compares names."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found.group() if found else "").lower()
