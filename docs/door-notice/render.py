"""Make the notice for the door, to fill in (`.html`) and to print (`.pdf`).

Needs Chromium. Run `.venv/bin/python docs/door-notice/render.py` after a change of the
page, of its words or of the pumpkin.
"""

from pathlib import Path
import subprocess
import tomllib
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE: Final = Path(__file__).parent


def pages() -> dict[str, str]:
    """Return the notice in each language."""
    words: dict[str, Any] = tomllib.loads(
        (_HERE / "words.toml").read_text(encoding="utf-8")
    )
    pumpkin = (_HERE.parent / "brand/pumpkin.svg").read_text(encoding="utf-8")
    templates = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
    )
    page = templates.get_template("page.html.jinja")
    return {
        language: page.render(language=language, pumpkin=pumpkin, **said)
        for language, said in words.items()
    }


def _print(page: Path) -> None:
    """Print a page as a PDF beside it."""
    subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--print-to-pdf={page.with_suffix('.pdf')}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


def main() -> None:
    """Write and print all notices."""
    for language, text in pages().items():
        page = _HERE / f"{language}.html"
        page.write_text(text, encoding="utf-8")
        _print(page)


if __name__ == "__main__":
    main()
