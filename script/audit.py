# /// script
# requires-python = ">=3.14.2"
# dependencies = ["packaging", "pip-audit==2.10.1", "pyyaml"]
# ///
"""Ask pip-audit for known holes in what is installed for us.

    script/audit            asks PyPI, so with the data of today
    script/audit FOLDER     asks a folder of advisories in OSV's form, YAML or JSON, such as a
                            checkout of github.com/pypa/advisory-database

Fails where a package that Home Assistant installs for the integration has a hole, with the
limits of the release that the tests run on or with those of the newest, and where the source
does not know an old hole. What only the tests and the demo use is told, for Home Assistant
pins it. Of a folder pip-audit hears through a server on loopback that answers as
https://google.github.io/osv.dev/post-v1-query/ says.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import os
from pathlib import Path
import re
import subprocess
import sys
import tempfile
import threading
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
import yaml

REPOSITORY = Path(__file__).parents[1]
MANIFEST = REPOSITORY / "custom_components/realtime_pumpkin/manifest.json"
PYTHON = "3.14.2"
# A source that does not know the holes of these knows nothing.
KNOWN_TO_BE_OPEN = "aiohttp==3.9.0\npydantic==1.8.1\n"

type Advisory = dict[str, Any]


def _read(path: Path) -> Advisory:
    """Return an advisory in OSV's form."""
    text = path.read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read = json.loads(text) if path.suffix == ".json" else yaml.load(text, loader)
    return read if isinstance(read, dict) else {}


def is_in_range(version: Version, events: list[dict[str, str]]) -> bool:
    """Tell whether a version is affected, as OSV's schema goes through a range's events."""
    affected = False
    for event in sorted(events, key=lambda event: Version(*event.values())):
        match event:
            case {"introduced": since} if version >= Version(since):
                affected = True
            case {"fixed": since} if version >= Version(since):
                affected = False
            case {"last_affected": until} if version > Version(until):
                affected = False
    return affected


def is_affected(affected: dict[str, Any], version: str) -> bool:
    """Tell whether a version is named, or lies in a range of the package's own versions."""
    if version in affected.get("versions", ()):
        return True
    try:
        return any(
            is_in_range(Version(version), one["events"])
            for one in affected.get("ranges", ())
            if one["type"] == "ECOSYSTEM"
        )
    except InvalidVersion:
        return False


class Advisories:
    """All advisories on packages of PyPI that lie below a folder."""

    def __init__(self, folder: Path) -> None:
        """Read every file; raise `SystemExit` where there is no advisory."""
        self._of: dict[str, list[tuple[dict[str, Any], Advisory]]] = defaultdict(list)
        self.newest = ""
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".yaml", ".yml", ".json"}:
                self._add(_read(path))
        if not self._of:
            raise SystemExit(f"There is no advisory on a package of PyPI in {folder}.")

    def _add(self, advisory: Advisory) -> None:
        """File an advisory under each package that it is about."""
        for affected in advisory.get("affected", ()):
            if affected.get("package", {}).get("ecosystem") == "PyPI":
                name = canonicalize_name(affected["package"]["name"])
                self._of[name].append((affected, advisory))
                self.newest = max(self.newest, str(advisory.get("published", "")))

    def on(self, name: str, version: str) -> list[Advisory]:
        """Return what is known of a version of a package and was not withdrawn."""
        return [
            advisory
            for affected, advisory in self._of[canonicalize_name(name)]
            if not advisory.get("withdrawn") and is_affected(affected, version)
        ]


@contextmanager
def served(advisories: Advisories) -> Iterator[str]:
    """Answer queries on loopback as api.osv.dev does, for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Tell what is known of one version of one package."""
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = advisories.on(asked["package"]["name"], asked["version"])
            answer = json.dumps({"vulns": known} if known else {}, default=str).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Leave the terminal to pip-audit."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/query"
        finally:
            server.shutdown()
            serving.join()


def uv(*arguments: object, given: str | None = None) -> str:
    """Return what uv prints; raise `CalledProcessError` where it fails."""
    command = [os.environ["UV"], *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        check=True,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def used_by_the_tests() -> str:
    """Return the requirements of the lock file, each with its one version."""
    groups = ["--no-emit-project", "--group", "dev"]
    return uv("export", "--frozen", "--no-hashes", "--quiet", *groups)


def installed_by(home_assistant: str) -> str:
    """Return what a release installs for the integration, within its own limits."""
    wanted = "\n".join(json.loads(MANIFEST.read_text(encoding="utf-8"))["requirements"])
    with tempfile.TemporaryDirectory() as folder:
        # Its wheel alone: the limits are a file in it.
        only = ["--quiet", "--no-deps", "--python-version", PYTHON, "--target", folder]
        uv("pip", "install", *only, home_assistant)
        limits = Path(folder) / "homeassistant/package_constraints.txt"
        terse = ["--quiet", "--no-header", "--no-annotate", "--python-version", PYTHON]
        return uv("pip", "compile", *terse, "--constraint", limits, "-", given=wanted)


def has_no_hole(requirements: str, source: list[str], quiet: bool = False) -> bool:
    """Let pip-audit ask a source for known holes, and show what it says."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text(requirements, encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps"]
        command += ["--cache-dir", folder, "--progress-spinner", "off", *source]
        done = subprocess.run(
            [*command, "--requirement", str(listed)], capture_output=quiet, check=False
        )
    return done.returncode == 0


def audit(source: list[str]) -> None:
    """Ask for each list; raise `SystemExit` where something is to be done."""
    if has_no_hole(KNOWN_TO_BE_OPEN, source, quiet=True):
        raise SystemExit(f"The source knows no hole of {KNOWN_TO_BE_OPEN.split()}.")
    tests = used_by_the_tests()
    locked = re.findall(r"^homeassistant==[\w.]+", tests, re.MULTILINE)
    clean = True
    for release in (*locked, "homeassistant"):
        installed = installed_by(release)
        print(
            f"\nWhat {release} installs for the integration:\n{installed}", flush=True
        )
        clean &= has_no_hole(installed, source)
    print("\nWhat the tests and the demo use:", flush=True)
    has_no_hole(tests, source)
    if not clean:
        raise SystemExit("Home Assistant would install a package with a known hole.")


def main(folders: list[str]) -> None:
    """Ask PyPI, or the folder that is named."""
    match folders:
        case []:
            audit([])
        case [folder]:
            advisories = Advisories(Path(folder))
            print(f"The newest advisory is of {advisories.newest}.", flush=True)
            with served(advisories) as url:
                audit(["--vulnerability-service", "osv", "--osv-url", url])
        case _:
            raise SystemExit(f"No more than one folder, as in: {sys.argv[0]} FOLDER")


if __name__ == "__main__":
    main(sys.argv[1:])
