"""Put the pumpkin into `notice.html`, and print it in each of its languages.

Needs Chromium. Run `.venv/bin/python docs/door-notice/render.py` after a change of the
notice or of the pumpkin.
"""

import json
from pathlib import Path
import re
import subprocess
from typing import Any, Final

_HERE: Final = Path(__file__).parent
PAGE: Final = _HERE / "notice.html"
_PUMPKIN: Final = re.compile(r"(<!-- pumpkin -->\n).*?(  <!-- /pumpkin -->)", re.DOTALL)
_WORDS: Final = re.compile(r'<script id="words"[^>]*>(.*?)</script>', re.DOTALL)


def words() -> dict[str, Any]:
    """Return what the notice says, by language."""
    [said] = _WORDS.findall(PAGE.read_text(encoding="utf-8"))
    content: dict[str, Any] = json.loads(said)
    return content


def drawn(page: str) -> str:
    """Return the notice with the pumpkin as it is now."""
    pumpkin = (_HERE.parent / "brand/pumpkin.svg").read_text(encoding="utf-8")
    return _PUMPKIN.sub(lambda found: found[1] + pumpkin + found[2], page)


def main() -> None:
    """Draw the pumpkin and print a PDF for each language."""
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    for language in words():
        subprocess.run(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
                f"--print-to-pdf={_HERE / language}.pdf",
                f"{PAGE.as_uri()}#{language}",
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


if __name__ == "__main__":
    main()
