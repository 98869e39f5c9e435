"""Scripts of the house as tools of the model."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.house.props import prop_tools
from custom_components.realtime_pumpkin.rehearsal import Call, Say
from custom_components.realtime_pumpkin.tools import Outcome, Tool
from tests.guard.callers import caller
from tests.porch import at_the_door

FOG = "script.fog_machine"
SCRIPTS: dict[str, Any] = {
    "fog_machine": {
        "description": "Blow fog over the porch.",
        "fields": {
            "seconds": {
                "description": "For how long.",
                "required": True,
                "selector": {"number": {"min": 1, "max": 10}},
            }
        },
        "sequence": [
            {"event": "fog", "event_data": {"seconds": "{{ seconds }}"}},
        ],
    },
    "thunder": {
        "alias": "Thunder sound",
        "sequence": [{"stop": "done", "response_variable": "nothing_here"}],
    },
    "jammed": {
        "sequence": [{"action": "nowhere.to_be_found"}],
    },
}

pytestmark = pytest.mark.usefixtures("homeassistant_component")


@pytest.fixture(autouse=True)
async def scripts(hass: HomeAssistant, homeassistant_component: None) -> None:
    """Have some scripts in the house."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    await hass.async_block_till_done()


def prop(hass: HomeAssistant, entity_id: str) -> Tool:
    """Return the tool of a prop."""
    [tool] = prop_tools(caller(hass, strangers=False), [entity_id]).values()
    return tool


async def async_output(
    hass: HomeAssistant, entity_id: str, arguments: dict[str, Any]
) -> Any:
    """Call a prop; return what the model is given."""
    outcome = await prop(hass, entity_id).run(arguments)
    assert isinstance(outcome, Outcome)
    return json.loads(outcome.output)


async def test_a_script_is_described_in_its_own_words(hass: HomeAssistant) -> None:
    """Name, description and fields are what its author wrote."""
    spec = prop(hass, FOG).spec
    assert spec["type"] == "function"
    assert spec["description"] == "Blow fog over the porch."
    assert spec["parameters"]["required"] == ["seconds"]
    assert spec["parameters"]["properties"]["seconds"]["description"] == "For how long."
    assert "strict" not in spec


async def test_a_script_without_a_description_has_its_name(hass: HomeAssistant) -> None:
    """Something must tell the model what it does."""
    assert prop(hass, "script.thunder").spec["description"] == "Thunder sound"


async def test_a_script_runs_with_the_arguments_of_the_model(
    hass: HomeAssistant,
) -> None:
    """They are checked by the script's own fields."""
    fog = async_capture_events(hass, "fog")
    assert "error" not in await async_output(hass, FOG, {"seconds": 3})
    assert [event.data["seconds"] for event in fog] == [3]


@pytest.mark.parametrize("arguments", [{}, {"seconds": 99}, {"seconds": "soon"}])
async def test_wrong_arguments_are_words_for_the_model(
    hass: HomeAssistant, arguments: dict[str, Any]
) -> None:
    """The script does not run."""
    fog = async_capture_events(hass, "fog")
    assert (await async_output(hass, FOG, arguments))["error"]
    assert fog == []


async def test_a_script_that_fails_is_told_to_the_model(hass: HomeAssistant) -> None:
    """The conversation goes on."""
    assert "nowhere" in (await async_output(hass, "script.jammed", {}))["error"]


@pytest.mark.usefixtures("socket_enabled")
async def test_the_model_runs_a_script_in_a_conversation(hass: HomeAssistant) -> None:
    """It calls, the porch is in fog, it speaks of it."""
    fog = async_capture_events(hass, "fog")
    async with at_the_door(
        hass,
        Call("fog_machine", {"seconds": 2}),
        Say("Fog for you!", duration_ms=100),
        data={"scripts": [FOG]},
    ) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
    assert [event.data["seconds"] for event in fog] == [2]
    assert porch.named(EventName.TOOL_CALLED)[0]["name"] == "fog_machine"
    finished = porch.named(EventName.TOOL_FINISHED)[0]
    assert finished["outcome"] == "done"
    assert list(finished["actions"]) == ["script.fog_machine"]


async def test_a_scene_is_a_tool_by_its_name(hass: HomeAssistant) -> None:
    """It has no fields, and sets the scene."""
    scene = {"name": "Spooky porch", "entities": {"input_boolean.fog": "on"}}
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"fog": None}}
    )
    assert await async_setup_component(hass, "scene", {"scene": [scene]})
    await hass.async_block_till_done()
    tool = prop(hass, "scene.spooky_porch")
    assert tool.spec["name"] == "spooky_porch"
    assert "Spooky porch" in tool.spec["description"]
    assert tool.spec["parameters"]["properties"] == {}
    assert "error" not in await async_output(hass, "scene.spooky_porch", {})
    await hass.async_block_till_done()
    assert hass.states.is_state("input_boolean.fog", "on")


async def test_props_of_one_name_are_two_tools(hass: HomeAssistant) -> None:
    """A script and a scene may be called the same."""
    tools = prop_tools(
        caller(hass, strangers=False), [FOG, "scene.fog_machine", "script.fog-machine"]
    )
    assert list(tools) == ["fog_machine", "fog_machine_2", "fog-machine"]
