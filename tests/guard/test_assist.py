"""Every tool of Assist by every way to name a thing: what is kept is never reached.

The user has exposed all of it, foolishly: what is kept, and groups, scenes, scripts
and switches that lead there.
"""

from itertools import product
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.realtime_pumpkin.house.apis import ApiTools, async_api_tools
from custom_components.realtime_pumpkin.house.consent import Consent
from custom_components.realtime_pumpkin.house.use import Caller

from .callers import caller
from .test_service_layer import house_of
from .things import ALLOWED, BLIND, KEPT, LAMP, Kind, async_move_in

pytestmark = pytest.mark.usefixtures("homeassistant_component")

VALUES: dict[str, list[Any]] = {
    "position": [0, 100],
    "temperature": [20],
    "volume_level": [50],
    "volume_step": ["up"],
    "brightness": [50],
    "percentage": [50],
    "humidity": [50],
    "mode": ["auto"],
    "fan_mode": ["auto"],
    "item": ["unlock the door"],
    "calendar": ["home"],
    "message": ["unlock the door"],
}


@pytest.fixture
async def house(
    hass: HomeAssistant, request: pytest.FixtureRequest
) -> tuple[Kind, list[str]]:
    """Return a thing in a house that has every way to it, and what is done to it."""
    kind: Kind = request.param
    touched = await async_move_in(hass, *({kind, LAMP}))
    for domain, config in house_of(hass, kind).items():
        assert await async_setup_component(hass, domain, {domain: config})
    intent_script = {
        "OpenSesame": {
            "action": {"action": kind.action, "target": {"entity_id": kind.entity_id}}
        }
    }
    assert await async_setup_component(
        hass, "intent_script", {"intent_script": intent_script}
    )
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()
    return kind, touched


def everything(hass: HomeAssistant) -> tuple[str, ...]:
    """Return all entities of the house."""
    return tuple(hass.states.async_entity_ids())


def ways(kind: Kind) -> list[dict[str, Any]]:
    """Return the ways of a model to say which thing it means."""
    name = kind.name.replace("_", " ")
    area, floor = f"Area {kind.name}", f"Floor {kind.name}"
    return [
        {"name": name},
        {"name": name.upper()},
        {"name": kind.entity_id},
        {"name": name, "area": area},
        {"name": name, "domain": [kind.domain]},
        {"area": area},
        {"area": area, "domain": [kind.domain]},
        {"area": area, "name": "all"},
        {"floor": floor},
        {"floor": floor, "domain": [kind.domain]},
        {"domain": [kind.domain]},
        {"name": "all", "domain": [kind.domain]},
        {"device_class": [kind.device_class or "garage"], "area": area},
        {"name": f"{name} around"},
        {"name": f"{name} template"},
        {"name": f"{kind.name}_entity_plain"},
        {"name": f"Group {kind.name}"},
        {"label": f"label_{kind.name}"},
        {"entity_id": kind.entity_id},
        {},
    ]


def calls(tools: ApiTools, kind: Kind) -> list[tuple[str, dict[str, Any]]]:
    """Return every tool with every way to name a thing, filled in as it wants."""
    made = []
    for (name, tool), way in product(tools.tools.items(), ways(kind)):
        wanted = tool.spec["parameters"]["properties"]
        rest = {key: VALUES[key][0] for key in wanted if key in VALUES}
        made.append((name, {**rest, **way}))
    return made


async def async_call_all(
    hass: HomeAssistant, voice: Caller, kind: Kind
) -> list[tuple[str, dict[str, Any]]]:
    """Call everything as a model does that obeys whoever speaks; return the calls."""
    tools = await async_api_tools(voice, {})
    made = calls(tools, kind)
    for name, arguments in made:
        await tools.tools[name].run(dict(arguments))
    await hass.async_block_till_done()
    return made


@pytest.mark.parametrize("house", KEPT, indirect=True, ids=lambda kind: kind.name)
async def test_no_tool_of_assist_reaches_what_is_kept(
    hass: HomeAssistant, house: tuple[Kind, list[str]]
) -> None:
    """However it is called; and the lamp beside it is reached all the same."""
    kind, touched = house
    voice = caller(hass, llm_apis=("assist",), exposed_entities=everything(hass))
    made = await async_call_all(hass, voice, kind)
    assert len(made) > 60
    assert set(touched) <= {LAMP.entity_id}
    tools = await async_api_tools(voice, {})
    assert not [name for name in tools.tools if "intent_script" in name]
    touched.clear()
    for name in ("intent__HassTurnOn", "intent__HassTurnOff"):
        await tools.tools[name].run({"name": "lamp"})
    await hass.async_block_till_done()
    assert touched == [LAMP.entity_id] * 2


@pytest.mark.parametrize(
    "way", [{"name": "lamp"}, {"domain": ["light"]}, {}], ids=["name", "domain", "all"]
)
@pytest.mark.parametrize("house", KEPT[:1], indirect=True, ids=lambda kind: kind.name)
async def test_whatever_way_something_sensitive_is_meant_it_is_asked_for(
    hass: HomeAssistant, house: tuple[Kind, list[str]], way: dict[str, Any]
) -> None:
    """Where it is unclear what is meant, it may be that."""
    _, touched = house
    lamp = (LAMP.entity_id,)
    rules = {"llm_apis": ("assist",), "exposed_entities": lamp, "sensitive": lamp}
    voice = caller(hass, consent=Consent("open sesame"), **rules)
    tools = await async_api_tools(voice, {})
    outcome: Any = await tools.tools["intent__HassTurnOn"].run(way)
    await hass.async_block_till_done()
    assert (outcome.outcome, touched) == ("unconfirmed", [])


@pytest.mark.parametrize(
    "house", [*KEPT, *ALLOWED], indirect=True, ids=lambda kind: kind.name
)
async def test_without_strangers_the_tools_of_assist_reach(
    hass: HomeAssistant, house: tuple[Kind, list[str]]
) -> None:
    """Only so does the test above prove anything; the first way in is enough."""
    kind, touched = house
    voice = caller(
        hass,
        strangers=False,
        llm_apis=("assist",),
        exposed_entities=everything(hass),
    )
    tools = await async_api_tools(voice, {})
    for name, arguments in calls(tools, kind):
        await tools.tools[name].run(dict(arguments))
        await hass.async_block_till_done()
        if kind.entity_id in touched:
            break
    assert kind.entity_id in touched


@pytest.mark.parametrize("house", ALLOWED, indirect=True, ids=lambda kind: kind.name)
async def test_strangers_reach_what_is_not_kept(
    hass: HomeAssistant, house: tuple[Kind, list[str]]
) -> None:
    """By its name, its area and its floor."""
    kind, touched = house
    voice = caller(hass, llm_apis=("assist",), exposed_entities=(kind.entity_id,))
    tools = await async_api_tools(voice, {})
    turn_on = tools.tools["intent__HassTurnOn"]
    for way in ways(kind)[:2] + ways(kind)[5:7] + ways(kind)[8:10]:
        touched.clear()
        outcome = await turn_on.run(way)
        await hass.async_block_till_done()
        assert touched == [kind.entity_id], (way, outcome)


@pytest.mark.parametrize("house", [LAMP], indirect=True, ids=lambda kind: kind.name)
async def test_nothing_is_exposed_by_default(
    hass: HomeAssistant, house: tuple[Kind, list[str]]
) -> None:
    """Not even what is exposed to Assist's own conversations."""
    kind, touched = house
    assert async_should_expose(hass, "conversation", kind.entity_id)
    voice = caller(hass, llm_apis=("assist",))
    await async_call_all(hass, voice, kind)
    assert touched == []
    assert not async_should_expose(hass, voice.assistant, kind.entity_id)


@pytest.mark.parametrize("house", [LAMP], indirect=True, ids=lambda kind: kind.name)
async def test_what_is_exposed_to_one_voice_is_exposed_to_no_other(
    hass: HomeAssistant, house: tuple[Kind, list[str]]
) -> None:
    """Nor to the same voice once it is taken off the list."""
    kind, _ = house
    first = caller(hass, llm_apis=("assist",), exposed_entities=(kind.entity_id,))
    await async_api_tools(first, {})
    assert async_should_expose(hass, first.assistant, kind.entity_id)
    assert not async_should_expose(hass, "realtime_pumpkin.other", kind.entity_id)
    await async_api_tools(caller(hass, llm_apis=("assist",)), {})
    assert not async_should_expose(hass, first.assistant, kind.entity_id)


@pytest.mark.parametrize("house", [BLIND], indirect=True, ids=lambda kind: kind.name)
async def test_strangers_have_just_these_tools_of_assist(
    hass: HomeAssistant, house: tuple[Kind, list[str]]
) -> None:
    """What a new version of Home Assistant adds waits until somebody looked at it."""
    voice = caller(hass, llm_apis=("assist",), exposed_entities=everything(hass))
    tools = await async_api_tools(voice, {})
    scripts = {name for name in tools.tools if name.startswith("script__")}
    assert tools.tools.keys() - scripts == {
        "homeassistant__GetLiveContext",
        "intent__HassSetPosition",
        "intent__HassStopMoving",
        "intent__HassTurnOff",
        "intent__HassTurnOn",
        "light__HassLightSet",
        "llm__GetDateTime",
    }
    assert scripts
