"""Tests that the page of the configuration says what the forms ask."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.data_entry_flow import section
import probatio
import pytest

from custom_components.realtime_pumpkin import schema
from custom_components.realtime_pumpkin.const import Provider
from custom_components.realtime_pumpkin.personas import Persona

REPOSITORY = Path(__file__).parents[1]
PAGE = REPOSITORY / "docs" / "configuration.md"
PERSONA = Persona("custom", "Pumpkin", "", "echo", "", ())
PLACE = [{"value": "browser", "label": "Browser"}]
FORMS = {
    "account": schema.ACCOUNT,
    "user": schema.gallery([PERSONA], keep=None),
    "character": schema.character(PERSONA, Provider.OPENAI),
    "microphone": schema.microphone(PLACE),
    "address": schema.address([]),
    "consent": schema.CONSENT,
    "speaker": schema.speaker(PLACE, may_insist=True),
    "manners": schema.MANNERS,
}
# Their defaults come from elsewhere: a persona, a device, or nothing at all.
DEPENDS = {"persona", "name", "instructions", "openings", "voice"} | {
    "microphone",
    "speaker",
}


def english() -> dict[str, Any]:
    """Return the English texts."""
    path = REPOSITORY / "custom_components/realtime_pumpkin/translations/en.json"
    texts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return texts


TEXTS = english()


def rows() -> dict[str, tuple[str, str, str]]:
    """Return label, default and values of each field of the page."""
    row = re.compile(r"^\| \*\*(.+?)\*\* `(\w+)` \|(.*?)\|(.*)\|$", re.MULTILINE)
    return {
        name: (label, default.strip(), values.strip())
        for label, name, default, values in row.findall(
            PAGE.read_text(encoding="utf-8")
        )
    }


def fields(
    form: probatio.Schema, texts: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any, str]]:
    """Yield name, default, selector and label of each field of a form."""
    for key, field in form.schema.items():
        if isinstance(field, section):
            yield from fields(field.schema, texts["sections"][str(key)])
            continue
        has_default = not isinstance(key.default, probatio.Undefined)
        default = key.default() if has_default else None
        yield str(key), default, field, texts["data"][str(key)]


def all_fields() -> list[tuple[str, Any, Any, str]]:
    """Return the fields of every form."""
    voice = TEXTS["config_subentries"]["voice"]["step"]
    return [
        field
        for step, form in FORMS.items()
        for field in fields(
            form, TEXTS["config"]["step"][step] if step == "account" else voice[step]
        )
    ]


def shown_options(field: Any) -> list[str]:
    """Return the words of a select's options, in their order."""
    key = field.config["translation_key"]
    options: dict[str, str] = TEXTS["selector"][key]["options"]
    return [options[option] for option in field.config["options"]]


def shown_default(field: Any, default: Any) -> str:
    """Return a default as the page writes it."""
    match default:
        case bool():
            return "on" if default else "off"
        case int() | float():
            unit = field.config.get("unit_of_measurement")
            return f"{default:g} {unit}" if unit else f"{default:g}"
        case _ if field.config.get("translation_key"):
            options: dict[str, str] = TEXTS["selector"][
                field.config["translation_key"]
            ]["options"]
            return options[default]
        case _:
            return str(default)


def shown_values(field: Any) -> str:
    """Return what a field takes, as the page writes it; empty: it is free text."""
    match field.selector_type:
        case "boolean":
            return "on or off"
        case "number":
            unit = field.config.get("unit_of_measurement", "")
            return f"{field.config['min']:g} to {field.config['max']:g} {unit}".strip()
        case "select" if field.config.get("translation_key"):
            options = shown_options(field)
            between = ", " if field.config["translation_key"] == "provider" else "; "
            return between.join(options)
        case _:
            return ""


def test_every_field_of_the_forms_is_on_the_page_and_no_other() -> None:
    """Each has one row."""
    assert rows().keys() == {name for name, *_ in all_fields()}


@pytest.mark.parametrize(
    ("name", "default", "field", "label"),
    [pytest.param(*field, id=field[0]) for field in all_fields()],
)
def test_a_field_has_its_label_default_and_range_on_the_page(
    name: str, default: Any, field: Any, label: str
) -> None:
    """What the form shows and takes is what the page says."""
    found_label, found_default, found_values = rows()[name]
    assert found_label == label
    assert found_values.startswith(shown_values(field))
    if default is not None and name not in DEPENDS:
        assert found_default == shown_default(field, default)
