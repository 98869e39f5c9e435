"""Tools of Home Assistant in the words of the Realtime API."""

from collections.abc import Callable, Container
import re
from typing import Any, Final

import probatio

OPENAPI_VERSION: Final = "3.1.0"
LONGEST_NAME: Final = 64
# What Realtime refuses at the root of a tool's parameters.
_FORBIDDEN_AT_ROOT: Final = ("allOf", "anyOf", "enum", "not", "oneOf")


def spec(
    name: str,
    description: str,
    parameters: probatio.Schema | None = None,
    serializer: Callable[[Any], Any] | None = None,
) -> dict[str, Any]:
    """Return a function tool as the service wants to read it."""
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": _json_schema(parameters or probatio.Schema({}), serializer),
    }


def free_name(wanted: str, taken: Container[str]) -> str:
    """Return a name that the service takes and no other tool has."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", wanted)[:LONGEST_NAME]
    number = 2
    free = name
    while free in taken:
        ending = f"_{number}"
        free = name[: LONGEST_NAME - len(ending)] + ending
        number += 1
    return free


def _json_schema(
    parameters: probatio.Schema, serializer: Callable[[Any], Any] | None
) -> dict[str, Any]:
    """Return a tool's fields as JSON schema."""
    schema: dict[str, Any] = probatio.to_openapi(
        parameters, custom_serializer=serializer, openapi_version=OPENAPI_VERSION
    )
    schema = {key: schema[key] for key in schema if key not in _FORBIDDEN_AT_ROOT}
    return {"type": "object", "properties": {}, **schema}
