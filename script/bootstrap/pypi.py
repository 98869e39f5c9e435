"""Files from the Python package index, without pip."""

import hashlib
import json
import os
from pathlib import Path
import re
import shutil
import ssl
import tempfile
from typing import Optional
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen
import zipfile

from console import SetupError

PYPI = "https://pypi.org/simple"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
TIMEOUT_S = 60


def own_index() -> Optional[str]:
    """Return the index that the user's environment names, if any."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    return None


def read(url: str, accept: str = "*/*") -> bytes:
    """Read a whole URL; raises SetupError with what can be done about it."""
    try:
        with urlopen(
            Request(url, headers={"Accept": accept}), timeout=TIMEOUT_S
        ) as answer:
            return bytes(answer.read())
    except (URLError, OSError) as error:
        advice = "Check the network connection (and PIP_INDEX_URL, if set)."
        if isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError):
            advice = (
                "Install the package ca-certificates, or let SSL_CERT_FILE name"
                " your certificate authorities."
            )
        raise SetupError(f"cannot read {url}: {error}. {advice}") from error


def wheel_url(project: str, filename: str) -> str:
    """Find the address of one file of a project in the index."""
    page_url = f"{own_index() or PYPI}/{project}/"
    page = read(page_url, f"{SIMPLE_JSON}, text/html;q=0.1").decode()
    if page.lstrip().startswith("{"):
        links = [file["url"] for file in json.loads(page)["files"]]
    else:
        links = re.findall(r'href="([^"#]+)', page)
    for link in map(str, links):
        if link.split("#")[0].endswith(f"/{filename}"):
            return urljoin(page_url, link)
    raise SetupError(f"{page_url} does not list {filename}.")


def fetch_program(
    project: str, filename: str, sha256: str, program: str, target: Path
) -> None:
    """Put the `program` that a wheel carries at `target`, if the wheel is the right one."""
    content = read(wheel_url(project, filename))
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SetupError(
            f"{filename} is not the file that was expected (SHA-256 differs)."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        wheel = Path(folder) / filename
        wheel.write_bytes(content)
        with zipfile.ZipFile(wheel) as archive:
            member = next(
                name
                for name in archive.namelist()
                if name.endswith(f"/scripts/{program}")
            )
            unpacked = Path(folder) / program
            with archive.open(member) as source, unpacked.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        unpacked.chmod(0o755)
        unpacked.replace(target)
