"""Tests that what the first page promises is promised by a test or a measurement.

`claims.toml` has the words and what proves them.
"""

import ast
from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re
import tomllib
from typing import Any, Final

import pytest

from .documents import README, ROOT, parse, read
from .test_readme import PAGE, chapter, program

CLAIMS: Final[dict[str, list[dict[str, Any]]]] = tomllib.loads(
    read(ROOT / "tests/claims.toml")
)
CLAIMED: Final = CLAIMS["claim"]
RESULTS: Final = CLAIMS.get("result", [])
PROMISING: Final = (
    *("What it does", "Hardware", "The card", "What it costs"),
    *("Privacy", "Limits", "Remove"),
)
_UNITS: Final = (
    "ms|s|seconds?|minutes?|hours?|days?|turns?|USD|%|times|visitors?|dB|kB|MB"
)
NUMBER: Final = re.compile(
    rf"(?:\d[\d.,]*|\b(?:two|three|four|five|ten|twelve|twenty))\s(?:{_UNITS})\b"
)


def plain(text: str) -> str:
    """Return a text with all its white space the same."""
    return " ".join(text.split())


def without_what_is_computed(page: str) -> str:
    """Return the page without the parts that another test computes."""
    return re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", "", page, flags=re.DOTALL)


def prose(page: str) -> str:
    """Return what the page says, without code, pictures and addresses."""
    page = re.sub(r"^ *```.*?^ *```", "", page, flags=re.MULTILINE | re.DOTALL)
    page = re.sub(r"<[^>]+>|!\[[^\]]*\]\([^)]*\)", "", page)
    return plain(re.sub(r"\]\([^)]*\)", "]", page))


PROSE: Final = prose(without_what_is_computed(PAGE))


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    """Return the names of the tests of a file, those of node by their words."""
    text = read(path)
    if path.suffix != ".py":
        return frozenset(re.findall(r'\btest\(["`](.+?)["`]', text))
    nodes = ast.walk(ast.parse(text))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = (node.name for node in nodes if isinstance(node, functions))
    return frozenset(name for name in names if name.startswith("test_"))


def exists(test: str) -> bool:
    """Tell whether a test is there; of a workflow, whether it has such a line."""
    name, _, what = test.partition("::")
    path = ROOT / name
    if path.suffix == ".yml":
        return path.exists() and what in read(path)
    return path.exists() and what in names_of_tests(path)


def parts(claims: list[dict[str, Any]], key: str) -> Iterator[Any]:
    """Yield each claim's words with each of its proofs as a test's parameter."""
    for claim in claims:
        for proof in claim.get(key, []):
            yield pytest.param(proof, id=f"{claim['says'][:40]}-{proof[-50:]}")


@pytest.mark.parametrize("claim", CLAIMED, ids=lambda claim: claim["says"][:60])
def test_a_claim_stands_on_the_page(claim: dict[str, Any]) -> None:
    """Word for word, with something that proves it."""
    assert plain(claim["says"]) in PROSE
    assert bool(claim.get("tests")) != bool(claim.get("source"))


@pytest.mark.parametrize("test", parts(CLAIMED, "tests"))
def test_a_claims_proof_exists(test: str) -> None:
    """Who renames a test is led here."""
    assert exists(test)


@pytest.mark.parametrize(
    "source", [claim["source"] for claim in CLAIMED if "source" in claim]
)
def test_what_others_say_is_linked(source: str) -> None:
    """A reader can look it up."""
    hrefs = [token.attrs["href"] for token in parse(PAGE) if token.type == "link_open"]
    assert source in hrefs


def test_claims_stand_in_the_order_of_the_page() -> None:
    """Whoever changes a sentence finds its proof."""
    places = [PROSE.find(plain(claim["says"])) for claim in CLAIMED]
    assert places == sorted(places)


@pytest.mark.parametrize("title", PROMISING)
def test_every_sentence_of_a_chapter_that_promises_something_is_proved(
    title: str,
) -> None:
    """What is left without claims and advice has no words but what is bold, as titles.

    Tables have tests of their own.
    """
    text = without_what_is_computed(chapter(title))
    left = prose(re.sub(r"^\|.*$", "", text, flags=re.MULTILINE))
    for known in (*CLAIMED, *CLAIMS["advice"]):
        left = left.replace(plain(known["says"]), "")
    assert re.findall(r"\w+", re.sub(r"\*\*[^*]+\*\*", "", left)) == []


@pytest.mark.parametrize("advice", CLAIMS["advice"], ids=lambda each: each["says"][:60])
def test_advice_stands_on_the_page(advice: dict[str, Any]) -> None:
    """What is there no more is there no more."""
    assert plain(advice["says"]) in PROSE


def test_every_number_with_a_unit_is_proved() -> None:
    """A figure that nobody checks would be wrong one day."""
    left = PROSE
    for claim in CLAIMED:
        left = left.replace(plain(claim["says"]), "")
    assert NUMBER.findall(left) == []


def test_numbers_are_found_as_they_are_written() -> None:
    """Figures and words, with what they count."""
    text = "after 1.5 s, 240 s or 12 000 ms; ten minutes; 5 USD; at 2026.10; 30 days"
    found = NUMBER.findall(text)
    assert found == ["1.5 s", "240 s", "000 ms", "ten minutes", "5 USD", "30 days"]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result["says"][:60])
def test_a_measurement_is_what_the_page_may_say(result: dict[str, Any]) -> None:
    """Each result file that is there has the value, within its bounds."""
    assert result.keys() & {"at_most", "at_least"}
    for _, value in program("script/readme.py").measured([result]):
        assert value <= result.get("at_most", float("inf"))
        assert value >= result.get("at_least", float("-inf"))


def test_a_measurement_is_told_where_its_file_is(tmp_path: Path) -> None:
    """Its sentence has the value; without the file there is none."""
    readme = program("script/readme.py")
    path = tmp_path / "latest.json"
    told = {"says": "in {value:.1f} ms", "file": str(path), "keys": ["a", 0]}
    assert list(readme.measured([told])) == []
    path.write_text(json.dumps({"a": [2.25]}), encoding="utf-8")
    assert list(readme.measured([told])) == [("in 2.2 ms", 2.25)]
    assert list(readme.measured([{**told, "keys": ["b"]}])) == []


def test_what_was_measured_is_on_the_page_as_the_script_writes_it() -> None:
    """Its list stands where the page has its place for it."""
    readme = program("script/readme.py")
    page = readme.filled(PAGE, results="- In 2 ms.")
    _, _, rest = page.partition("<!-- results -->\n")
    assert rest.partition("<!-- /results -->")[0] == "\n- In 2 ms.\n\n"


def test_a_claim_without_its_test_would_be_seen() -> None:
    """Files, names and words are really looked up."""
    assert exists("tests/test_claims.py::test_a_claims_proof_exists")
    assert not exists("tests/test_claims.py::test_nothing")
    assert not exists("tests/test_nothing.py::test_nothing")
    assert not exists("tests/card/face.test.mjs::nothing")
    assert README.exists()
