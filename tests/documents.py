"""The pages that people read, and what is in them."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
import re
import subprocess
from typing import Any, Final

from homeassistant.util.yaml import parse_yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
REPOSITORY: Final = "realtime-pumpkin/realtime-pumpkin"
RAW: Final = f"https://raw.githubusercontent.com/{REPOSITORY}/main/"
GITHUB: Final = f"https://github.com/{REPOSITORY}"

_MARKDOWN: Final = MarkdownIt("commonmark").enable("table")
_HTML_LINK: Final = re.compile(r"""\b(?:src|href)=["']([^"']+)["']""")
_HTML_ANCHOR: Final = re.compile(r"""\b(?:id|name)=["']([^"']+)["']""")


def _pages() -> list[Path]:
    """Return every page of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(ROOT / name for name in set(listed.stdout.splitlines()))


PAGES: Final = [page for page in _pages() if page.exists()]


def name_of(page: Path) -> str:
    """Return a page's place in the repository, as the id of a test."""
    return page.relative_to(ROOT).as_posix()


def parse(text: str) -> Iterator[Token]:
    """Yield the pieces of a page; those within a line follow the line's own."""
    for token in _MARKDOWN.parse(text):
        yield token
        yield from token.children or ()


def read(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def yaml_texts(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each block of YAML."""
    for token in parse(text):
        if token.type == "fence" and token.info.split()[:1] in (["yaml"], ["yml"]):
            yield (token.map or [0])[0] + 1, token.content


def blocks(page: Path) -> Iterator[Any]:
    """Yield the YAML of a page."""
    for _, text in yaml_texts(read(page)):
        yield parse_yaml(text)


def links(text: str) -> Iterator[str]:
    """Yield where each link and each picture leads."""
    for token in parse(text):
        match token.type:
            case "link_open":
                yield str(token.attrs["href"])
            case "image":
                yield str(token.attrs["src"])
            case "html_block" | "html_inline":
                yield from _HTML_LINK.findall(token.content)


def _slug(heading: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def headings(text: str) -> Iterator[tuple[int, str]]:
    """Yield level and words of each heading."""
    tokens = list(_MARKDOWN.parse(text))
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            words = "".join(
                child.content
                for child in inline.children or ()
                if child.type in ("text", "code_inline")
            )
            yield int(opening.tag[1:]), words


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page, as GitHub makes them."""
    text = read(page)
    seen: Counter[str] = Counter()
    found = set()
    for _, words in headings(text):
        slug = _slug(words)
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    for token in parse(text):
        if token.type in ("html_block", "html_inline"):
            found.update(_HTML_ANCHOR.findall(token.content))
    return frozenset(found)
