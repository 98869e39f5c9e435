"""Tests of the pages of the triggers and conditions, one for each."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.realtime_pumpkin.condition import CONDITIONS
from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.trigger import TRIGGERS
from docs.events_reference import examples

from . import metadata
from .documents import ROOT, blocks, headings, read

KINDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "triggers": TRIGGERS,
    "conditions": CONDITIONS,
}
TEXTS: Final = metadata.read_json(metadata.ROOT / "translations" / "en.json")
EACH: Final = [(kind, name) for kind, known in KINDS.items() for name in known]


def described(kind: str, name: str) -> dict[str, Any]:
    """Return what `triggers.yaml` or `conditions.yaml` says of one."""
    content: Any = parse_yaml(read(metadata.ROOT / f"{kind}.yaml"))
    one: dict[str, Any] = content[name]
    return one


def page(kind: str, name: str) -> str:
    """Return the page of a trigger or a condition."""
    return read(ROOT / "docs" / kind / f"{name}.md")


def table(text: str, heading: str) -> Iterator[list[str]]:
    """Yield the cells of the rows of the first table below a heading."""
    _, _, below = text.partition(f"## {heading}\n")
    rows = below.partition("\n## ")[0].partition("| --- ")[2].partition("\n\n")[0]
    for row in rows.splitlines()[1:]:
        yield [cell.strip() for cell in row.strip("|").split(" | ")]


def test_the_reader_of_tables_stops_at_the_end_of_one() -> None:
    """A second table, and what is below the next heading, are not read."""
    text = "## A\n\n| x | y |\n| --- | --- |\n| `a` | b |\n\n| z |\n| --- |\n| c |\n"
    assert list(table(text, "A")) == [["`a`", "b"]]


@pytest.mark.parametrize("kind", KINDS)
def test_each_has_a_page_and_no_page_is_left_over(kind: str) -> None:
    """The index leads to each."""
    pages = {path.stem for path in (ROOT / "docs" / kind).glob("*.md")}
    assert pages == {*KINDS[kind], "README"}
    index = page(kind, "README")
    for name in KINDS[kind]:
        texts = TEXTS[kind][name]
        row = f"| [{texts['name']}]({name}.md) | `{DOMAIN}.{name}` | "
        assert f"{row}{texts['description']} |" in index


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_a_page_is_named_as_in_the_ui(kind: str, name: str) -> None:
    """And has all its parts."""
    found = [words for _, words in headings(page(kind, name))]
    assert found[0] == TEXTS[kind][name]["name"]
    assert found[1:3] == ["Use it in the UI", "Parameters"]
    assert {"Example", "Examples"} & set(found)
    assert f"search for **{found[0]}**" in page(kind, name)


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_the_table_of_parameters_is_that_of_the_ui(kind: str, name: str) -> None:
    """Every field in its order with the UI's own name, after the target."""
    rows = list(table(page(kind, name), "Parameters"))
    fields = described(kind, name).get("fields", {})
    assert [row[0].strip("`") for row in rows] == ["target", *fields]
    names = {
        key: one["name"] for key, one in TEXTS[kind][name].get("fields", {}).items()
    }
    assert {row[0].strip("`"): row[1].strip("*") for row in rows[1:]} == names


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_every_choice_of_a_parameter_is_told(kind: str, name: str) -> None:
    """No reason and no budget is forgotten, and none is made up."""
    text = page(kind, name)
    for field in described(kind, name).get("fields", {}).values():
        for option in field["selector"].get("select", {}).get("options", ()):
            assert f"`{option}`" in text
    if name == "conversation_finished":
        listed = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", text, re.MULTILINE))
        reasons = TEXTS["selector"]["end_reason"]["options"]
        assert reasons.items() <= listed.items()


@pytest.mark.parametrize("name", TRIGGERS)
def test_what_actions_know_is_what_the_event_has(name: str) -> None:
    """`trigger` holds the event's data, and of words what a pattern caught."""
    told = [
        row[0].strip("`")
        for row in table(page("triggers", name), "What your actions know")
    ]
    data = examples()[TRIGGERS[name].event_name]
    extra = (
        {"groups"}
        if "pattern" in described("triggers", name).get("fields", {})
        else set()
    )
    assert set(told) == data.keys() | extra
    assert len(told) == len(set(told))


def names(automation: Any, key: str) -> Iterator[str]:
    """Yield every value under a key of an automation, at any depth."""
    match automation:
        case dict():
            for name, value in automation.items():
                if name == key and isinstance(value, str):
                    yield value
                yield from names(value, key)
        case list():
            for value in automation:
                yield from names(value, key)


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_a_page_has_an_example_of_what_it_is_about(kind: str, name: str) -> None:
    """`tests/test_docs_yaml.py` loads it."""
    path = ROOT / "docs" / kind / f"{name}.md"
    shown = [one for block in blocks(path) for one in names(block, kind[:-1])]
    assert f"{DOMAIN}.{name}" in shown
