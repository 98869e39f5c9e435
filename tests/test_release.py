"""Tests of what a release and a contribution rest on."""

import json
from pathlib import Path
import re
import subprocess
import sys
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "custom_components/realtime_pumpkin/manifest.json"
VERSION: str = json.loads(MANIFEST.read_text(encoding="utf-8"))["version"]


def release_notes(*tag: str) -> subprocess.CompletedProcess[str]:
    """Ask for the notes of a tag as the workflow does."""
    script = ROOT / "script/release_notes.py"
    return subprocess.run(
        [sys.executable, script, *tag], capture_output=True, text=True, check=False
    )


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow of GitHub."""
    content: dict[str, Any] = load_yaml_dict(str(ROOT / ".github/workflows" / name))
    return content


def test_the_tag_of_the_manifest_s_version_can_be_released() -> None:
    """The changelog knows the version."""
    said = release_notes(f"v{VERSION}")
    assert said.returncode == 0
    assert said.stdout.strip()
    assert "## " not in said.stdout


@pytest.mark.parametrize("tag", [["v99.0.0"], [VERSION], [], ["v1", "v2"]])
def test_another_tag_cannot_be_released(tag: list[str]) -> None:
    """The script fails and says why."""
    said = release_notes(*tag)
    assert said.returncode != 0
    assert said.stderr.strip()


def test_a_hook_runs_each_command_of_script_lint() -> None:
    """A commit that passes its hooks passes `script/lint`."""
    lint = (ROOT / "script/lint").read_text(encoding="utf-8")
    commands = {
        tuple(line.split(".venv/bin/")[1].removesuffix(" .").split())
        for line in lint.splitlines()
        if ".venv/bin/" in line
    }
    config = load_yaml_dict(str(ROOT / ".pre-commit-config.yaml"))
    hooks = {
        tuple(
            word
            for word in hook["entry"].removeprefix(".venv/bin/").split()
            if word != "--force-exclude"
        )
        for repo in config["repos"]
        for hook in repo["hooks"]
    }
    assert hooks == commands


def test_dependabot_leaves_home_assistant_alone() -> None:
    """What moves together moves by hand."""
    config = load_yaml_dict(str(ROOT / ".github/dependabot.yml"))
    (python,) = (one for one in config["updates"] if one["package-ecosystem"] == "uv")
    ignored = {one["dependency-name"] for one in python["ignore"]}
    allowed = {one["dependency-name"] for one in python["allow"]}
    assert ignored == {"homeassistant", "pytest-homeassistant-custom-component"}
    assert not allowed & ignored


@pytest.mark.parametrize("name", ["release.yml", "test.yml", "validate.yml"])
def test_a_workflow_may_do_nothing_that_it_does_not_say(name: str) -> None:
    """Permissions start from none, each action is pinned by its commit."""
    assert workflow(name)["permissions"] == {}
    text = (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")
    for used in re.findall(r"uses: (?!\./)(\S+)", text):
        assert re.search(r"@[0-9a-f]{40}$", used)


def test_a_release_waits_for_all_checks() -> None:
    """The tag is compared first, and nothing is published before the tests."""
    jobs = workflow("release.yml")["jobs"]
    assert jobs["test"]["needs"] == "check"
    assert jobs["publish"]["needs"] == "test"


@pytest.mark.parametrize("name", ["bug.yml", "idea.yml"])
def test_an_issue_form_has_fields_that_github_knows(name: str) -> None:
    """Each has a kind, and those that are filled in an id and a label."""
    form = load_yaml_dict(str(ROOT / ".github/ISSUE_TEMPLATE" / name))
    filled = [field for field in form["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in filled} <= {"textarea", "input", "dropdown"}
    assert all(field["attributes"]["label"] for field in filled)
    assert len({field["id"] for field in filled}) == len(filled)


def test_what_contributing_names_is_there() -> None:
    """Every script and path of the guide exists."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    inside = "custom_components/realtime_pumpkin"
    paths = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|\w+\.(?:py|yaml|json|md))", guide)
    missing = [
        path
        for path in paths
        if not any((root / path).exists() for root in (ROOT, ROOT / inside))
        and not path.startswith(("demo-output", "./", "config"))
    ]
    assert missing == []
