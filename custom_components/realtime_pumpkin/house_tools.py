"""Scripts of the house that the model may run: fog machine, thunder, candy hatch."""

from collections.abc import Iterable
import re
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.helpers.json import json_dumps
import probatio

from .const import DOMAIN, SCRIPT_DOMAIN
from .realtime.calls import error_output
from .tools import Tool

OPENAPI_VERSION: Final = "3.1.0"
LONGEST_NAME: Final = 64
# What Realtime refuses at the root of a tool's parameters.
_FORBIDDEN_AT_ROOT: Final = ("allOf", "anyOf", "enum", "not", "oneOf")


def script_tools(
    hass: HomeAssistant, entity_ids: Iterable[str], device_id: str | None
) -> dict[str, Tool]:
    """Return a tool for each script, by the name that the model calls."""
    tools = [_script_tool(hass, entity_id, device_id) for entity_id in entity_ids]
    return {tool.spec["name"]: tool for tool in tools}


def _script_tool(hass: HomeAssistant, entity_id: str, device_id: str | None) -> Tool:
    """Describe a script with its own words and fields, and how it is run."""
    action = llm.ActionTool(hass, SCRIPT_DOMAIN, _service_of(hass, entity_id))
    context = llm.LLMContext(
        platform=DOMAIN,
        context=Context(),
        language=hass.config.language,
        assistant=DOMAIN,
        device_id=device_id,
    )

    async def async_run(arguments: dict[str, Any]) -> str:
        """Run the script and return its response, or why it did not run."""
        return await _async_run(hass, action, context, arguments)

    name = split_entity_id(entity_id)[1]
    state = hass.states.get(entity_id)
    description = action.description or (state.name if state else name)
    return Tool(
        {
            "type": "function",
            "name": re.sub(r"[^A-Za-z0-9_-]", "_", name)[:LONGEST_NAME],
            "description": description,
            "parameters": _parameters(action),
        },
        async_run,
    )


def _service_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the action that runs a script: renamed entities keep theirs."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry.unique_id if entry else split_entity_id(entity_id)[1]


def _parameters(action: llm.ActionTool) -> dict[str, Any]:
    """Return a script's fields as JSON schema."""
    schema: dict[str, Any] = probatio.to_openapi(
        action.parameters,
        custom_serializer=llm.selector_serializer,
        openapi_version=OPENAPI_VERSION,
    )
    return {key: schema[key] for key in schema if key not in _FORBIDDEN_AT_ROOT}


async def _async_run(
    hass: HomeAssistant,
    action: llm.ActionTool,
    context: llm.LLMContext,
    arguments: dict[str, Any],
) -> str:
    """Run a script with checked arguments; errors are words for the model."""
    try:
        checked = action.parameters(arguments)
        call = llm.ToolInput(tool_name=action.name, tool_args=checked)
        result = await action.async_call(hass, call, context)
    except (HomeAssistantError, probatio.Invalid) as error:
        return error_output(f"{type(error).__name__}: {error}")
    return json_dumps(result.data)
