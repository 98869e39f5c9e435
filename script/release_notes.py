#!/usr/bin/env python3
"""Print what the changelog says of a tag, where the tag is the version of the manifest.

    script/release_notes.py v0.1.0

Fails where the tag names another version, or where the changelog says nothing of it.
"""

import json
from pathlib import Path
import re
import sys

REPOSITORY = Path(__file__).parents[1]


def version() -> str:
    """Return the version of the manifest, the one place where it is decided."""
    path = REPOSITORY / "custom_components/realtime_pumpkin/manifest.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["version"])


def notes(of: str) -> str:
    """Return what the changelog says of a version, empty where it says nothing."""
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(
        rf"^## {re.escape(of)}(?: .*)?\n(.*?)(?=^## |\Z)",
        text,
        re.MULTILINE | re.DOTALL,
    )
    return found.group(1).strip() if found else ""


def main(tag: str) -> str:
    """Return the notes of a tag; raise `SystemExit` where it cannot be released."""
    if tag != f"v{version()}":
        raise SystemExit(f"The tag is {tag}, but the manifest says {version()}.")
    if not (said := notes(version())):
        raise SystemExit(f"CHANGELOG.md says nothing of {version()}.")
    return said


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(f"One tag, as in: {sys.argv[0]} v{version()}")
    print(main(sys.argv[1]))
