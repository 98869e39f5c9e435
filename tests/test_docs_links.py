"""Tests that every link and every picture of the pages leads somewhere.

Other sites are not asked: what can be known without a network is that an address into
this repository, or into somebody's own Home Assistant, is right.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from homeassistant.util.yaml import load_yaml_dict
import pytest

from .documents import (
    GITHUB,
    PAGES,
    RAW,
    README,
    REPOSITORY,
    ROOT,
    anchors,
    links,
    name_of,
    read,
)

BLUEPRINTS: Final = sorted((ROOT / "blueprints").rglob("*.yaml"))
# What GitHub shows of any repository.
_PARTS: Final = {"", "/issues", "/issues/new/choose", "/releases", "/discussions"}
_MINE: Final = "https://my.home-assistant.io/redirect/"
_OWNER, _NAME = REPOSITORY.split("/")
# Where each link into somebody's own Home Assistant may lead, with what it needs.
_REDIRECTS: Final[dict[str, dict[str, str]]] = {
    "hacs_repository": {
        "owner": _OWNER,
        "repository": _NAME,
        "category": "integration",
    },
    "config_flow_start": {"domain": "realtime_pumpkin"},
    "integration": {"domain": "realtime_pumpkin"},
}


def _inside(page: Path, path: str, anchor: str) -> str | None:
    """Return what is wrong with a link to a file of the repository."""
    target = (page.parent / unquote(path)).resolve() if path else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return "there is no such file"
    if anchor and (target.suffix != ".md" or anchor not in anchors(target)):
        return "the page has no such heading"
    return None


def _on_github(page: Path, rest: str, anchor: str) -> str | None:
    """Return what is wrong with a link to the repository at GitHub."""
    if rest in _PARTS:
        return None
    match rest.removeprefix("/").split("/", 2):
        case ["blob" | "tree" | "raw", "main", path]:
            return _inside(ROOT / "README.md", path, anchor)
        case ["actions", "workflows", name]:
            return _inside(ROOT / ".github/workflows/x", name.split("/")[0], "")
    return "GitHub has no such page of the repository"


def _in_home_assistant(kind: str, given: dict[str, str]) -> str | None:
    """Return what is wrong with a link into somebody's own Home Assistant."""
    if kind == "blueprint_import":
        known = {
            str(load_yaml_dict(str(each))["blueprint"]["source_url"])
            for each in BLUEPRINTS
        }
        return None if given.get("blueprint_url") in known else "no such blueprint"
    if _REDIRECTS.get(kind) != given:
        return "My Home Assistant knows no such link, or it lacks something"
    return None


def wrong(page: Path, link: str) -> str | None:
    """Return what is wrong with a link of a page; None: nothing that can be known."""
    url = urlsplit(link)
    if not url.scheme:
        return _inside(page, url.path, url.fragment)
    if url.scheme not in ("https", "http"):
        return "neither a file nor an address"
    if link.startswith(RAW):
        return _inside(README, link.removeprefix(RAW), "")
    if link.startswith(_MINE):
        given = {key: each[0] for key, each in parse_qs(url.query).items()}
        kind = link.removeprefix(_MINE).split("?")[0].strip("/")
        return _in_home_assistant(kind, given)
    address = link.split("#", maxsplit=1)[0]
    if address == GITHUB or address.startswith(f"{GITHUB}/"):
        return _on_github(page, address.removeprefix(GITHUB), url.fragment)
    return None


def every_link() -> Iterator[Any]:
    """Yield each link of each page as a test's parameter."""
    for page in PAGES:
        for link in sorted(set(links(read(page)))):
            yield pytest.param(page, link, id=f"{name_of(page)}-{link}")


@pytest.mark.parametrize(("page", "link"), every_link())
def test_a_link_leads_somewhere(page: Path, link: str) -> None:
    """Files exist, headings exist, and redirects have all they need."""
    assert wrong(page, link) is None


@pytest.mark.parametrize(
    "link",
    [
        "docs/nothing.md",
        "#nothing",
        "docs/devices.md#nothing",
        "../README.md",
        "LICENSE#nothing",
        "ftp://example.com",
        f"{RAW}docs/images/nothing.png",
        f"{GITHUB}/pull/1",
        f"{GITHUB}/blob/main/nothing.md",
        f"{GITHUB}/actions/workflows/nothing.yml",
        f"{_MINE}config_flow_start/",
        f"{_MINE}config_flow_start/?domain=hue",
        f"{_MINE}hacs_repository/?owner={_OWNER}&repository={_NAME}",
        f"{_MINE}blueprint_import/?blueprint_url=https%3A%2F%2Fexample.com",
        f"{_MINE}nowhere/",
    ],
)
def test_a_link_that_leads_nowhere_is_seen(link: str) -> None:
    """Each kind is really looked at."""
    assert wrong(README, link) is not None


def test_every_kind_of_link_is_found() -> None:
    """In text, around pictures, in markup and by reference."""
    text = (
        "[a](A.md) [![b](b.png)](B.md)\n\n[c]\n\n[c]: C.md\n\n"
        '<p><img src="d.png"> <a href="D.md">d</a></p>\n\n`[e](E.md)`\n'
    )
    assert sorted(links(text)) == ["A.md", "B.md", "C.md", "D.md", "b.png", "d.png"]


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_a_blueprint_says_where_it_is_and_leads_nowhere_else(path: Path) -> None:
    """Home Assistant updates it from there; its description has no dead link."""
    blueprint = load_yaml_dict(str(path))["blueprint"]
    assert blueprint["source_url"] == RAW + path.relative_to(ROOT).as_posix()
    for link in links(blueprint["description"]):
        assert urlsplit(link).scheme == "https"
        assert wrong(README, link) is None


def test_every_page_is_reached_from_the_list_of_pages() -> None:
    """By way of other pages of the documentation, if need be."""
    reached, ahead = set[Path](), [ROOT / "docs" / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page not in PAGES or page == README:
            continue
        reached.add(page)
        for link in links(read(page)):
            target = link.partition("#")[0]
            if target and "://" not in target:
                ahead.append((page.parent / target).resolve())
    documents = {page for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert documents <= reached
    assert ROOT / "CONTRIBUTING.md" in reached
