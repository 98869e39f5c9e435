"""What Home Assistant's frontend fills into a form before anybody types.

It takes a section's own default, or goes into the section: never both.
"""

from typing import Any

from homeassistant.helpers import config_validation as cv
import probatio

type Field = dict[str, Any]


def filled_in(form: probatio.Schema) -> dict[str, Any]:
    """Return what is submitted of a form that nobody touches."""
    serialized = probatio.to_field_list(form, custom_serializer=cv.custom_serializer)
    return filled_in_fields(serialized)


def filled_in_fields(fields: list[Field]) -> dict[str, Any]:
    """Fill in the fields of a form, or of a section."""
    filled: dict[str, Any] = {}
    for field in fields:
        suggested = (field.get("description") or {}).get("suggested_value")
        if suggested is not None:
            filled[field["name"]] = suggested
        elif "default" in field:
            filled[field["name"]] = field["default"]
        elif field.get("type") == "expandable":
            inner = filled_in_fields(field["schema"])
            if inner or field.get("required"):
                filled[field["name"]] = inner
    return filled
