"""Tests of the quality scale: what it calls done has its proof in the repository."""

from functools import cache
import re
from typing import Any, Final

from homeassistant.const import Platform
from homeassistant.util.yaml import load_yaml_dict
import pytest

from . import metadata
from .documents import ROOT, headings, read

RULES: Final[dict[str, Any]] = load_yaml_dict(
    str(metadata.ROOT / "quality_scale.yaml")
)["rules"]
DONE: Final = [name for name, rule in RULES.items() if rule["status"] == "done"]
NAMED: Final = re.compile(
    r"(?<![\w/.])((?:[\w*-]+/)*[\w*-]+\.(?:py|md|yaml|json)|(?:[\w-]+/)+)(?!\w|\.\w)"
)


@cache
def found(name: str) -> bool:
    """Tell whether a file or folder is in the repository or in the integration."""
    return any(any(base.glob(name.rstrip("/"))) for base in (ROOT, metadata.ROOT))


def proofs(rule: str) -> list[str]:
    """Return the files and folders that a rule's comment names."""
    return NAMED.findall(RULES[rule]["comment"])


@pytest.mark.parametrize("rule", DONE)
def test_a_rule_that_is_done_names_its_proof(rule: str) -> None:
    """A module, a test or a page, and each of them exists."""
    named = proofs(rule)
    assert named
    assert [name for name in named if not found(name)] == []


@pytest.mark.parametrize("rule", [name for name in RULES if name not in DONE])
def test_a_rule_that_is_not_done_says_why(rule: str) -> None:
    """Nothing is left to do."""
    assert RULES[rule]["status"] == "exempt"
    assert len(RULES[rule]["comment"]) > 20


@pytest.mark.parametrize("rule", [name for name in DONE if name.startswith("docs-")])
def test_a_rule_about_pages_names_a_page_and_its_chapter(rule: str) -> None:
    """`README.md, Known limitations` is a page and one of its headings."""
    comment = " ".join(RULES[rule]["comment"].split())
    assert [name for name in proofs(rule) if name.endswith((".md", "/"))]
    for page, chapter in re.findall(
        r"([\w/-]+\.md), ([A-Z][\w ]+?)(?=[.;,]|$| and)", comment
    ):
        assert chapter in [words for _, words in headings(read(ROOT / page))], page


def test_a_proof_that_is_gone_would_be_seen() -> None:
    """The reader knows files, folders and patterns."""
    assert NAMED.findall("a.py, tests/b*.py; docs/triggers/ and README.md, Costs.") == [
        *("a.py", "tests/b*.py", "docs/triggers/", "README.md")
    ]
    assert not found("no_such_module.py")
    assert found("tests/test_voice_flow*.py")


def test_no_platform_updates_side_by_side() -> None:
    """Rule `parallel-updates`: nothing is fetched, so nothing has to be limited."""
    platforms = {platform.value for platform in Platform}
    ours = [path for path in metadata.ROOT.glob("*.py") if path.stem in platforms]
    assert len(ours) >= 10
    for path in ours:
        text = path.read_text(encoding="utf-8")
        assert re.search(r"^PARALLEL_UPDATES = 0$", text, re.MULTILINE), path.name
