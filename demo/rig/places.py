"""Where things are: the repository, its environments, the folder of this visit."""

from dataclasses import dataclass
from pathlib import Path
import shutil
import sys

from .processes import RigError

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(sys.executable)
SATELLITE_PYTHON = ROOT / ".venv-satellite/bin/python"
INTEGRATION = ROOT / "custom_components/realtime_pumpkin"
PORCH = ROOT / "demo/rig/pumpkin_porch"
BLUEPRINTS = ROOT / "blueprints/automation/realtime_pumpkin"
OUTPUT = ROOT / "demo-output/latest"


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one visit."""

    path: Path

    @property
    def logs(self) -> Path:
        """Return where the processes' logs are."""
        return self.path / "logs"

    @property
    def sound(self) -> Path:
        """Return where the sound card records."""
        return self.path / "sound"

    @property
    def home(self) -> Path:
        """Return Home Assistant's configuration folder."""
        return self.path / "home-assistant"

    @property
    def player(self) -> Path:
        """Return MPD's folder."""
        return self.path / "mpd"

    def renew(self) -> None:
        """Empty the folder and make its parts."""
        shutil.rmtree(self.path, ignore_errors=True)
        for part in (self.logs, self.sound, self.home, self.player):
            part.mkdir(parents=True)


def program(name: str) -> Path:
    """Return a program's path; raise `RigError` saying how to get it."""
    found = shutil.which(name)
    if found is None:
        raise RigError(f"{name} is not installed; run script/setup, it says how")
    return Path(found)
