"""Chosen scripts and scenes as tools: fog machine, thunder, candy hatch."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_ON
from homeassistant.core import Context, HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er, llm

from ..const import SCENE_DOMAIN, SCRIPT_DOMAIN
from ..tools import Outcome, Tool
from .specs import free_name, spec
from .use import Caller

_SCENE: Final = "Set the scene “{name}”."


def prop_tools(caller: Caller, entity_ids: Iterable[str]) -> dict[str, Tool]:
    """Return a tool for each script and scene, by the name that the model calls."""
    tools: dict[str, Tool] = {}
    for entity_id in entity_ids:
        domain, wanted = split_entity_id(entity_id)
        name = free_name(wanted, tools)
        make = _scene_tool if domain == SCENE_DOMAIN else _script_tool
        tools[name] = make(caller, entity_id, name)
    return tools


def _scene_tool(caller: Caller, entity_id: str, name: str) -> Tool:
    """Describe a scene by its name, and how it is set."""
    hass = caller.hass

    async def async_set(context: Context) -> dict[str, Any]:
        """Set the scene."""
        await hass.services.async_call(
            SCENE_DOMAIN,
            SERVICE_TURN_ON,
            {ATTR_ENTITY_ID: entity_id},
            blocking=True,
            context=context,
        )
        return {"result": "The scene is set."}

    async def async_run(_: dict[str, Any]) -> Outcome:
        """Set the scene, or say why not."""
        return await caller.async_use([entity_id], async_set)

    described = _SCENE.format(name=_name_of(hass, entity_id))
    return Tool(spec(name, described), async_run)


def _script_tool(caller: Caller, entity_id: str, name: str) -> Tool:
    """Describe a script with its own words and fields, and how it is run."""
    hass = caller.hass
    action = llm.ActionTool(hass, SCRIPT_DOMAIN, _service_of(hass, entity_id))

    async def async_run(arguments: dict[str, Any]) -> Outcome:
        """Run the script, or say why not."""

        async def async_call(context: Context) -> Any:
            """Run the script with checked arguments; return its response."""
            call = llm.ToolInput(
                tool_name=action.name, tool_args=action.parameters(arguments)
            )
            result = await action.async_call(hass, call, caller.llm_context(context))
            return result.data

        return await caller.async_use([entity_id], async_call)

    described = action.description or _name_of(hass, entity_id)
    return Tool(
        spec(name, described, action.parameters, llm.selector_serializer), async_run
    )


def _service_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the action that runs a script: renamed entities keep theirs."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry.unique_id if entry else split_entity_id(entity_id)[1]


def _name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return what an entity is called."""
    state = hass.states.get(entity_id)
    return state.name if state else split_entity_id(entity_id)[1]
