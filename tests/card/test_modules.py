"""The card's modules: node's own tests of them, their size and what they ask for."""

import gzip
from pathlib import Path
import re
import shutil
import subprocess

import pytest

from custom_components.realtime_pumpkin.dashboard import FOLDER, MODULE

HERE = Path(__file__).parent
MODULES = sorted(FOLDER.rglob("*.js"))
MOST_BYTES = 60_000
_ADDRESS = re.compile(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s"'`)]*""")
# A name of a kind of markup, and where the card picker's question mark leads.
_HARMLESS = ("http://www.w3.org/2000/svg", "https://github.com/realtime-pumpkin/")
_IMPORT = re.compile(r"""(?:from|import\()\s*["'`](\.[^"'`$]+)["'`]""")


@pytest.mark.parametrize("path", sorted(HERE.glob("*.test.mjs")), ids=lambda p: p.stem)
def test_node_finds_nothing_wrong(path: Path) -> None:
    """Each file of tests for node passes."""
    node = shutil.which("node")
    assert node, "node is not installed; script/setup says how"
    done = subprocess.run(
        [node, "--test", str(path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^# pass [1-9]", done.stdout, re.MULTILINE), done.stdout


def test_the_whole_card_is_small() -> None:
    """All modules together stay below 60 kB as they go over the wire."""
    assert sum(len(gzip.compress(path.read_bytes())) for path in MODULES) < MOST_BYTES


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_a_module_asks_for_nothing_from_elsewhere(path: Path) -> None:
    """What it imports lies beside it; no font, no script, no picture is fetched."""
    text = path.read_text(encoding="utf-8")
    found = [url for url in _ADDRESS.findall(text) if not url.startswith(_HARMLESS)]
    assert found == []
    for name in _IMPORT.findall(text):
        assert (path.parent / name).is_file(), name


def test_every_module_is_used() -> None:
    """From the one that dashboards load, or as a worklet or a face by its name."""
    named = {path.name for path in MODULES if path.parent.name in {"faces", "strings"}}
    named |= {MODULE, "playback.worklet.js", "capture.worklet.js"}
    for path in MODULES:
        imports = _IMPORT.findall(path.read_text(encoding="utf-8"))
        named |= {Path(name).name for name in imports}
    assert {path.name for path in MODULES} == named
