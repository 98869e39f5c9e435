"""The results that are kept: `benchmarks/results/latest.json`."""

from importlib.metadata import distributions
import json
import os
from pathlib import Path
import platform
import re
from typing import Any, Final

from .measures import Measure

type Findings = dict[str, list[Measure]]
"""What was measured, by section."""

RESULTS: Final = Path(__file__).parent / "results"
LATEST: Final = RESULTS / "latest.json"
_ROOT: Final = Path(__file__).resolve().parents[1]
_NAMED: Final = ("homeassistant", "openai", "websockets", "openai-agents", "pipecat-ai")


def kept() -> dict[str, Any]:
    """Return the measures that are kept, by name."""
    if not LATEST.exists():
        return {}
    measures: dict[str, Any] = json.loads(LATEST.read_text())["measures"]
    return measures


def keep(findings: Findings) -> None:
    """Write what was measured, and on what."""
    RESULTS.mkdir(exist_ok=True)
    written = {
        "machine": _machine(),
        "packages": _packages(),
        "measures": {
            one.name: {"section": section, **one.as_dict()}
            for section, measures in findings.items()
            for one in measures
        },
    }
    LATEST.write_text(json.dumps(written, indent=2) + "\n")


def _machine() -> dict[str, Any]:
    """Return what kind of machine this is, and nothing of which one."""
    cpus = Path("/proc/cpuinfo").read_text()
    found = re.search(r"model name\s*:\s*(.+)", cpus)
    return {
        "cpu": found[1] if found else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
    }


def _packages() -> dict[str, str]:
    """Return the versions of whom we compare, in both environments."""
    places = _ROOT.glob(".venv*/lib/python*/site-packages")
    found = {
        one.name: one.version
        for place in sorted(places, key=lambda path: ".venv-bench" in str(path))
        if ".venv/" in str(place) or ".venv-bench/" in str(place)
        for one in distributions(path=[str(place)])
    }
    return {name: found[name] for name in _NAMED if name in found}
