"""Where set-up writes: below the repository and in the user's cache, nowhere else."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
STATE_FOLDER = REPOSITORY / ".cache" / "setup"
CACHE_FOLDER = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "realtime-pumpkin"
)
