"""Tests of what is installed with the integration, as far as a lock file tells.

Whether anything of it has a known hole is looked up every night by `validate.yml`, and by
`script/audit` at a desk; `test_audit.py` tests how that asks.
"""

from pathlib import Path
import re
import tomllib
from typing import Any, Final

from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename
import pytest

from tests.metadata import ROOT as INTEGRATION, read_json

ROOT: Final = Path(__file__).parents[2]
LOCK: Final[dict[str, Any]] = tomllib.loads((ROOT / "uv.lock").read_text())
PACKAGES: Final = {each["name"]: each for each in LOCK["package"]}
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_PURE: Final = "none-any"


def requirements() -> list[Requirement]:
    """Return what the manifest asks of Home Assistant to install."""
    manifest = read_json(INTEGRATION / "manifest.json")
    return [Requirement(each) for each in manifest["requirements"]]


def installed() -> list[str]:
    """Return the names of all that comes with that."""
    waiting, found = [each.name for each in requirements()], set[str]()
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            needs = PACKAGES[name].get("dependencies", ())
            waiting += [each["name"] for each in needs]
    return sorted(found)


@pytest.mark.parametrize("requirement", requirements(), ids=lambda each: each.name)
def test_a_requirement_lets_home_assistant_choose(requirement: Requirement) -> None:
    """A mended version must not wait for a release of ours."""
    assert not {each.operator for each in requirement.specifier} & {"==", "===", "~="}
    assert requirement.url is None
    assert requirement.specifier.contains(PACKAGES[requirement.name]["version"])


@pytest.mark.parametrize("name", installed())
def test_what_is_installed_runs_on_home_assistants_machines(name: str) -> None:
    """Containers on x86-64 and arm64 with musl: nothing is compiled at somebody's home."""
    wheels = [
        parse_wheel_filename(each["url"].rpartition("/")[2])[3]
        for each in PACKAGES[name]["wheels"]
    ]
    assert wheels
    for machine in ("x86_64", "aarch64"):
        assert any(_runs(str(tag), machine) for tags in wheels for tag in tags), machine


def _runs(tag: str, machine: str) -> bool:
    """Tell whether a wheel's tag is for Python 3.14 with musl on a kind of machine."""
    if tag.endswith(_PURE):
        return True
    python, abi, platform = tag.split("-")
    is_recent = python == "cp314" or (abi == "abi3" and python.startswith("cp3"))
    return (
        is_recent
        and abi != "cp314t"
        and bool(re.fullmatch(rf"musllinux_\d+_\d+_{machine}", platform))
    )


def test_everything_comes_from_the_index_with_its_hash() -> None:
    """Nothing from an address of somebody's, and nothing that could be swapped."""
    for package in LOCK["package"]:
        if package["name"] == "realtime-pumpkin":
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}
        files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
        assert files
        for file in files:
            assert file["hash"].startswith("sha256:")
            assert file["url"].startswith("https://files.pythonhosted.org/")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_what_it_was_written_with(path: Path) -> None:
    """Actions by their commit, no rights but those that are named, no text as code."""
    workflow: dict[Any, Any] = load_yaml_dict(str(path))
    assert workflow["permissions"] == {}
    text = path.read_text(encoding="utf-8")
    assert "pull_request_target" not in text
    assert "secrets." not in text
    for used in re.findall(r"uses: (\S+)", text):
        assert used.startswith("./") or re.search(r"@[0-9a-f]{40}$", used), used
    for job in workflow["jobs"].values():
        for step in job.get("steps", ()):
            assert "${{" not in step.get("run", "")
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_known_holes_are_looked_up_every_night() -> None:
    """Of what is installed with the integration, and of the workflows themselves."""
    path = ROOT / ".github" / "workflows" / "validate.yml"
    workflow: dict[Any, Any] = load_yaml_dict(str(path))
    steps = [step.get("run", "") for step in workflow["jobs"]["audit"]["steps"]]
    assert any("script/audit.py" in step for step in steps)
    assert any("zizmor" in step for step in steps)
    assert "schedule" in (workflow.get("on") or workflow[True])
