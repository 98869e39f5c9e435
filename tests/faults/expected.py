"""What is expected of every cell, as `expected.toml` declares it."""

from collections.abc import Mapping
from pathlib import Path
import tomllib
from typing import Final

from tests.faults.cell import Phase

_FILE: Final = Path(__file__).with_name("expected.toml")

EXPECTED: Final[Mapping[str, Mapping[Phase, str]]] = {
    name: {Phase(phase): outcome for phase, outcome in row.items()}
    for name, row in tomllib.loads(_FILE.read_text()).items()
}
