"""Tests that the actions of the documentation can be pasted."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest

from custom_components.realtime_pumpkin.calibration import Calibration
from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.services import _ACTIONS

from .documents import PAGES, ROOT, blocks, name_of

PAGE: Final = ROOT / "docs" / "actions.md"
DESCRIBED: Final = load_yaml_dict(
    str(ROOT / "custom_components" / DOMAIN / "services.yaml")
)
SCHEMAS: Final = {action.name: action.schema or {} for action in _ACTIONS}


def calls(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield each call of one of our actions, at any depth."""
    match value:
        case {"action": str(name)} if name.startswith(f"{DOMAIN}."):
            yield value
        case dict():
            for inner in value.values():
                yield from calls(inner)
        case list():
            for inner in value:
                yield from calls(inner)


def all_calls() -> Iterator[Any]:
    """Yield each call of the documentation as a test's parameter."""
    for page in PAGES:
        for number, call in enumerate(calls(list(blocks(page)))):
            yield pytest.param(call, id=f"{name_of(page)}-{number}-{call['action']}")


def check(call: Mapping[str, Any]) -> None:
    """Raise `probatio.Invalid` where a call is not as its action wants it."""
    name = call["action"].removeprefix(f"{DOMAIN}.")
    if name not in DESCRIBED:
        raise probatio.Invalid(f"no action {name}")
    data = call.get("data", {})
    if unknown := data.keys() - DESCRIBED[name].get("fields", {}).keys():
        raise probatio.Invalid(f"no such fields: {sorted(unknown)}")
    probatio.Schema(SCHEMAS[name])(data)


@pytest.mark.parametrize("call", all_calls())
def test_a_call_of_the_documentation_has_the_fields_of_its_action(
    call: Mapping[str, Any],
) -> None:
    """Name, fields and values are those of the action."""
    check(call)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sing", {}),
        ("say", {}),
        ("say", {"text": "Boo", "loudly": True}),
        ("start_conversation", {"busy": "wait"}),
        ("ask", {"question": "Who?", "answers": [{"id": "me"}]}),
        ("prepare", {"wait": True}),
    ],
)
def test_a_call_that_is_wrong_would_be_seen(name: str, data: dict[str, Any]) -> None:
    """Unknown actions and fields, missing and wrong values are found."""
    with pytest.raises(probatio.Invalid):
        check({"action": f"{DOMAIN}.{name}", "data": data})


def chapters() -> dict[str, str]:
    """Return the text about each action."""
    text = PAGE.read_text(encoding="utf-8")
    parts = re.split(rf"^`{DOMAIN}\.(\w+)`", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def shown_default(field: Mapping[str, Any]) -> str:
    """Return a field's default as the page writes it."""
    match field.get("default"):
        case bool() as value:
            return f"`{str(value).lower()}`"
        case str() as value:
            return f"`{value}`"
        case _:
            return ""


def test_every_action_has_its_chapter_with_an_example() -> None:
    """Nothing is left out."""
    found = chapters()
    assert found.keys() == DESCRIBED.keys() == SCHEMAS.keys()
    shown = [call["action"] for call in calls(list(blocks(PAGE)))]
    assert set(shown) == {f"{DOMAIN}.{name}" for name in found}


@pytest.mark.parametrize("action", DESCRIBED)
def test_the_table_of_an_action_has_its_fields_and_defaults(action: str) -> None:
    """Fields, what is required and what is the default are those of the action."""
    fields = DESCRIBED[action].get("fields", {})
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|(.*)\|$", chapters()[action], re.MULTILINE)
    assert [name for name, _, _ in rows] == list(fields)
    for name, what, default in rows:
        field = fields[name]
        assert what.strip().endswith("; required") is field.get("required", False), name
        if "default" in field:
            assert default.strip() == shown_default(field), name


def test_the_page_names_what_a_porch_check_returns() -> None:
    """Each figure is in the list."""
    figures = Calibration(-60.0, "2026-11-23T00:00:00+00:00").as_data().keys()
    chapter = chapters()["porch_check"]
    returned = {*figures, "echo_cancelled", "threshold", "summary"}
    assert [name for name in sorted(returned) if f"`{name}`" not in chapter] == []
