"""Tests of how `script/audit` looks up known holes in a folder of advisories.

The folder is in OSV's form: https://ossf.github.io/osv-schema/.
"""

from collections.abc import Callable
from http.client import HTTPConnection
import importlib.util
import json
from pathlib import Path
import sys
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

SCRIPT = Path(__file__).parents[2] / "script/audit.py"

type Advisory = dict[str, Any]
type Write = Callable[..., Path]


def _load() -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = _load()


def advisory(identity: str = "PYSEC-1", **affected: Any) -> Advisory:
    """Return an advisory on one package."""
    package = {"name": "ghost-pepper", "ecosystem": "PyPI"}
    return {
        "id": identity,
        "published": "2026-10-31T18:00:00Z",
        "affected": [{"package": package, **affected}],
    }


def ranges(*events: dict[str, str], kind: str = "ECOSYSTEM") -> list[dict[str, Any]]:
    """Return a list with one range."""
    return [{"type": kind, "events": list(events)}]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes advisories into a folder, as one of the two forms."""

    def _write(*advisories: Advisory, suffix: str = "yaml") -> Path:
        for one in advisories:
            text = json.dumps(one) if suffix == "json" else yaml.safe_dump(one)
            (tmp_path / f"{one['id']}.{suffix}").write_text(text, encoding="utf-8")
        return tmp_path

    return _write


def known(folder: Path, version: str, name: str = "ghost-pepper") -> list[str]:
    """Return the advisories on a version."""
    return [one["id"] for one in audit.Advisories(folder).on(name, version)]


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_version_that_is_named_has_the_hole(write: Write, suffix: str) -> None:
    """Whichever form the file has."""
    folder = write(advisory(versions=["1.0", "1.1rc1"]), suffix=suffix)
    assert known(folder, "1.1rc1") == ["PYSEC-1"]
    assert known(folder, "1.2") == []


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        *[("0.9", False), ("1.0", True), ("1.9.9", True), ("2.0rc1", True)],
        *[("2.0", False), ("2.9", False), ("3.0", True), ("3.5", True)],
        ("3.5.1", False),
    ],
)
def test_a_range_begins_at_its_first_and_ends_before_its_fix(
    write: Write, version: str, has_it: bool
) -> None:
    """In the order of versions, though the file may name them in another."""
    events = [{"introduced": "3.0"}, {"fixed": "2.0"}]
    events += [{"last_affected": "3.5"}, {"introduced": "1.0"}]
    folder = write(advisory(ranges=ranges(*events)))
    assert bool(known(folder, version)) is has_it


def test_a_hole_since_ever_and_without_a_fix_is_in_each_version(write: Write) -> None:
    """`0` stands for the first version of all."""
    folder = write(advisory(ranges=ranges({"introduced": "0"})))
    assert known(folder, "0.0.1.dev3")
    assert known(folder, "2026.11.3")


def test_a_range_of_commits_says_nothing_of_versions(write: Write) -> None:
    """Only the order of the package's own versions counts."""
    commits = ranges({"introduced": "0"}, {"fixed": "4f1c9a"}, kind="GIT")
    assert known(write(advisory(ranges=commits)), "1.0") == []


def test_what_was_withdrawn_is_no_hole(write: Write) -> None:
    """The others on the same package stay."""
    gone = advisory("PYSEC-1", versions=["1.0"]) | {"withdrawn": "2026-11-01"}
    folder = write(gone, advisory("PYSEC-2", versions=["1.0"]))
    assert known(folder, "1.0") == ["PYSEC-2"]


def test_a_name_is_found_however_it_is_spelled(write: Write) -> None:
    """As PyPI reads names: dots, dashes, underscores and capitals are all one."""
    folder = write(advisory(versions=["1.0"]))
    assert known(folder, "1.0", "Ghost_Pepper") == ["PYSEC-1"]


def test_another_index_s_package_of_that_name_is_another_package(write: Write) -> None:
    """A folder may hold advisories on packages of npm, too."""
    other = advisory("GHSA-1", versions=["1.0"])
    other["affected"][0]["package"]["ecosystem"] = "npm"
    assert known(write(other, advisory("PYSEC-2", versions=["9"])), "1.0") == []


def test_a_folder_that_tells_nothing_is_refused(tmp_path: Path) -> None:
    """No answer must not pass for a clean one."""
    (tmp_path / "readme.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(SystemExit, match="no advisory"):
        audit.Advisories(tmp_path)


@pytest.mark.parametrize(("version", "answer"), [("1.0", ["PYSEC-1"]), ("1.1", None)])
def test_a_query_is_answered_as_osv_answers_it(
    write: Write, socket_enabled: None, version: str, answer: list[str] | None
) -> None:
    """Over HTTP, and with nothing at all where nothing is known."""
    with audit.served(audit.Advisories(write(advisory(versions=["1.0"])))) as url:
        address = urlsplit(url)
        assert address.hostname == "127.0.0.1"
        connection = HTTPConnection(address.netloc, timeout=10)
        package = {"name": "ghost-pepper", "ecosystem": "PyPI"}
        body = json.dumps({"package": package, "version": version})
        connection.request("POST", address.path, body)
        said = json.loads(connection.getresponse().read())
        connection.close()
    assert [one["id"] for one in said["vulns"]] == answer if answer else said == {}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Stand in for uv and pip-audit: what is listed, and whether each list is clean."""
    clean = {audit.KNOWN_TO_BE_OPEN: False, "tests": True, "old": True, "new": True}
    releases = {"homeassistant==2026.10.4": "old", "homeassistant": "new"}

    def _has_no_hole(listed: str, source: list[str], quiet: bool = False) -> bool:
        assert source == ["--source"]
        return clean[listed.splitlines()[0] if "tests" in listed else listed]

    listed = "tests\nhomeassistant==2026.10.4 ; sys_platform == 'linux'\n"
    monkeypatch.setattr(audit, "has_no_hole", _has_no_hole)
    monkeypatch.setattr(audit, "used_by_the_tests", lambda: listed)
    monkeypatch.setattr(audit, "installed_by", releases.__getitem__)
    return clean


def test_no_known_hole_is_a_success(asked: dict[str, bool]) -> None:
    """And so is one in what only the tests use, which Home Assistant pins."""
    asked["tests"] = False
    audit.audit(["--source"])


@pytest.mark.parametrize("release", ["old", "new"])
def test_a_hole_in_what_is_installed_fails(
    asked: dict[str, bool], release: str
) -> None:
    """Whichever release of Home Assistant installs it."""
    asked[release] = False
    with pytest.raises(SystemExit, match="known hole"):
        audit.audit(["--source"])


def test_a_source_that_knows_nothing_fails(asked: dict[str, bool]) -> None:
    """It would call everything clean."""
    asked[audit.KNOWN_TO_BE_OPEN] = True
    with pytest.raises(SystemExit, match="knows no hole"):
        audit.audit(["--source"])


def test_two_folders_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second would be left unread."""
    monkeypatch.setattr(sys, "argv", ["script/audit"])
    with pytest.raises(SystemExit, match="No more than one folder"):
        audit.main(["one", "two"])
