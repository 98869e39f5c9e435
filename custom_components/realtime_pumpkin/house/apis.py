"""Tools of Assist, and of MCP servers that Home Assistant knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm

from ..const import LOGGER, SCRIPT_DOMAIN
from ..tools import Outcome, Tool
from .exposure import ExposureUnknown, expose
from .specs import free_name, spec
from .use import Caller, refused

_OF_EXPOSED: Final = frozenset(
    {
        *("HassClimateSetFanMode", "HassClimateSetTemperature", "HassFanSetSpeed"),
        *("HassHumidifierMode", "HassHumidifierSetpoint", "HassLawnMowerDock"),
        *("HassLawnMowerStartMowing", "HassLightSet", "HassListAddItem"),
        *("HassListCompleteItem", "HassListRemoveItem", "HassMediaNext"),
        *("HassMediaPause", "HassMediaPlayerMute", "HassMediaPlayerUnmute"),
        *("HassMediaPrevious", "HassMediaUnpause", "HassSetPosition"),
        *("HassSetVolume", "HassSetVolumeRelative", "HassStopMoving"),
        *("HassTurnOff", "HassTurnOn", "HassVacuumReturnToBase", "HassVacuumStart"),
    }
)
"""Intents that act on exposed entities and on nothing else; a test proves each."""

_SCRIPT_TOOL: Final = f"{SCRIPT_DOMAIN}__"
_HOME_ASSISTANT: Final = "homeassistant."
_INTENT_SCRIPT: Final = "homeassistant.components.intent_script"


@dataclass(frozen=True, slots=True)
class ApiTools:
    """What the chosen APIs offer to a voice."""

    tools: Mapping[str, Tool]
    instructions: str


async def async_api_tools(caller: Caller, taken: Mapping[str, Tool]) -> ApiTools:
    """Return the tools of the chosen APIs; one that is gone is left out."""
    tools: dict[str, Tool] = {}
    instructions: list[str] = []
    for api_id in caller.rules.llm_apis:
        try:
            expose(caller)
            instance = await llm.async_get_api(
                caller.hass, api_id, caller.llm_context(caller.cause)
            )
        except HomeAssistantError as error:
            LOGGER.warning("The tools of %s are not there: %s", api_id, error)
            continue
        instructions.append(instance.api_prompt)
        for tool in instance.tools:
            if not caller.rules.strangers or _is_seen_through(caller.hass, tool):
                name = free_name(tool.name, {**taken, **tools})
                tools[name] = _tool(caller, tool, name, instance)
    return ApiTools(tools, "\n\n".join(filter(None, instructions)))


def _is_seen_through(hass: HomeAssistant, tool: llm.Tool) -> bool:
    """Tell whether a tool can be shown to touch exposed entities only."""
    if not type(tool).__module__.startswith(_HOME_ASSISTANT):
        return False
    match tool:
        case llm.NamespacedTool():
            return False
        case llm.IntentTool():
            handler = type(intent_handler(hass, tool.intent_type)).__module__
            is_core = handler.startswith(_HOME_ASSISTANT)
            is_script = handler.startswith(_INTENT_SCRIPT)
            return tool.intent_type in _OF_EXPOSED and is_core and not is_script
        case llm.ActionTool():
            return tool.name.startswith(_SCRIPT_TOOL)
        case _:
            is_local = not tool.annotations.open_world
            return tool.annotations.read_only and is_local


def intent_handler(hass: HomeAssistant, intent_type: str) -> object:
    """Return what handles an intent now: integrations may replace each other's."""
    handlers = intent.async_get(hass)
    return next((one for one in handlers if one.intent_type == intent_type), None)


def _tool(caller: Caller, tool: llm.Tool, name: str, instance: llm.APIInstance) -> Tool:
    """Return a tool of Home Assistant as one of the voice's."""

    async def async_run(arguments: dict[str, Any]) -> Outcome:
        """Run the tool, or say why not."""
        hass = caller.hass
        try:
            exposed = expose(caller)
        except ExposureUnknown as err:
            return refused(str(err))
        if caller.rules.strangers and not _is_seen_through(hass, tool):
            return refused(f"{tool.name} → what it does is not known")
        aims = _aims(hass, tool, arguments, exposed)

        async def async_call(context: Context) -> Any:
            """Call the tool; return its data."""
            call = llm.ToolInput(tool_name=tool.name, tool_args=arguments)
            result = await tool.async_call(hass, call, caller.llm_context(context))
            if not isinstance(result, llm.ToolResult):
                return result
            if result.error:
                raise HomeAssistantError(str(result.data.get("error", result.data)))
            return result.data

        return await caller.async_use(aims, async_call)

    described = tool.description or tool.name
    return Tool(
        spec(name, described, tool.parameters, instance.custom_serializer), async_run
    )


def _aims(
    hass: HomeAssistant,
    tool: llm.Tool,
    arguments: Mapping[str, Any],
    exposed: frozenset[str],
) -> frozenset[str]:
    """Return the entities that a tool may act on when it is called so."""
    match tool:
        case llm.ActionTool():
            return frozenset(
                {f"{SCRIPT_DOMAIN}.{tool.name.removeprefix(_SCRIPT_TOOL)}"}
            )
        case llm.IntentTool():
            return _matched(hass, arguments, exposed)
        case _:
            return frozenset()


def _matched(
    hass: HomeAssistant, arguments: Mapping[str, Any], exposed: frozenset[str]
) -> frozenset[str]:
    """Return the exposed entities that an intent may mean; all where it is unclear."""
    states = [state for one in sorted(exposed) if (state := hass.states.get(one))]
    constraints = intent.MatchTargetsConstraints(
        name=_text(arguments.get("name")),
        area_name=_text(arguments.get("area")),
        floor_name=_text(arguments.get("floor")),
        allow_duplicate_names=True,
    )
    if not constraints.has_constraints:
        return exposed
    found = intent.async_match_targets(hass, constraints, states=states)
    return frozenset(state.entity_id for state in found.states) or exposed


def _text(value: Any) -> str | None:
    """Return a name that was given; blank ones count as none."""
    return value.strip() or None if isinstance(value, str) else None
