"""Put the pumpkin into `door-notice.html` and print it as `door-notice.pdf`.

Needs Chromium. Run `.venv/bin/python docs/door_notice.py` after a change of either.
"""

from pathlib import Path
import subprocess
from typing import Final

_HERE: Final = Path(__file__).parent
_PAGE: Final = _HERE / "door-notice.html"
_OPENING, _CLOSING = "<!-- pumpkin -->\n", "  <!-- /pumpkin -->"


def main() -> None:
    """Draw and print the notice."""
    before, _, rest = _PAGE.read_text(encoding="utf-8").partition(_OPENING)
    _, _, after = rest.partition(_CLOSING)
    drawing = (_HERE / "brand/pumpkin.svg").read_text(encoding="utf-8")
    _PAGE.write_text(before + _OPENING + drawing + _CLOSING + after, encoding="utf-8")
    subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--print-to-pdf={_PAGE.with_suffix('.pdf')}",
            _PAGE.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


if __name__ == "__main__":
    main()
