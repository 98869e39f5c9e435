"""Tests of what follows from what: triggers, wrapped switches, buttons beside locks."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.guard.guard import Guard
from custom_components.realtime_pumpkin.guard.reach import Reach
from custom_components.realtime_pumpkin.guard.refusal import NotForStrangers

from .things import FOG, LAMP, LOCK, Kind, Touched, async_move_in, device_of

UNLOCK = {"action": "lock.unlock", "target": {"entity_id": LOCK.entity_id}}


@pytest.fixture
async def touched(hass: HomeAssistant, homeassistant_component: None) -> Touched:
    """Have a lamp, a switch and a lock."""
    touched = await async_move_in(hass, LOCK, LAMP, FOG)
    group = {"porch": {"entities": [LAMP.entity_id]}}
    assert await async_setup_component(hass, "group", {"group": group})
    return touched


def admits(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether strangers may use an entity."""
    guard = Guard(hass, is_for_strangers=True)
    is_admitted = entity_id in guard.admitted([entity_id])
    try:
        guard.check([entity_id])
    except NotForStrangers:
        assert not is_admitted
    else:
        assert is_admitted
    return is_admitted


async def async_automate(hass: HomeAssistant, trigger: dict[str, Any]) -> None:
    """Unlock the door when something happens."""
    automation = {
        "alias": "open",
        "triggers": [trigger],
        # Some would set themselves off for ever.
        "conditions": "{{ false }}",
        "actions": [UNLOCK],
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    assert hass.states.is_state("automation.open", "on")


SETS_OFF: dict[str, dict[str, Any]] = {
    "state": {"trigger": "state", "entity_id": "light.porch"},
    "state_to": {"trigger": "state", "entity_id": ["light.porch"], "to": "off"},
    "group": {"trigger": "state", "entity_id": "group.porch"},
    "template": {
        "trigger": "template",
        "value_template": "{{ is_state('light.porch', 'on') }}",
    },
    "template_domain": {
        "trigger": "template",
        "value_template": "{{ states.light | selectattr('state', 'eq', 'on') | list }}",
    },
    "template_all": {
        "trigger": "template",
        "value_template": "{{ states | list | length > 3 }}",
    },
    "state_changed": {"trigger": "event", "event_type": "state_changed"},
    "state_changed_of": {
        "trigger": "event",
        "event_type": "state_changed",
        "event_data": {"entity_id": "light.porch"},
    },
    "any_action": {"trigger": "event", "event_type": "call_service"},
    "event_template": {"trigger": "event", "event_type": "{{ 'state_changed' }}"},
    "target_area": {
        "trigger": "light.turned_on",
        "target": {"area_id": "area_lamp"},
    },
    "target_label": {
        "trigger": "light.turned_off",
        "target": {"label_id": "label_lamp"},
    },
}
SETS_NOTHING_OFF: dict[str, dict[str, Any]] = {
    "another": {"trigger": "state", "entity_id": "switch.fog"},
    "time": {"trigger": "time", "at": "22:00:00"},
    "sun": {"trigger": "sun", "event": "sunset"},
    "start": {"trigger": "homeassistant", "event": "start"},
    "template": {
        "trigger": "template",
        "value_template": "{{ is_state('switch.fog', 'on') }}",
    },
    "own_event": {"trigger": "event", "event_type": "let_me_in"},
    "state_changed_of": {
        "trigger": "event",
        "event_type": "state_changed",
        "event_data": {"entity_id": "switch.fog"},
    },
    "target_area": {
        "trigger": "light.turned_on",
        "target": {"area_id": "area_fog"},
    },
}


@pytest.mark.parametrize("trigger", SETS_OFF.values(), ids=SETS_OFF)
@pytest.mark.usefixtures("touched")
async def test_a_lamp_that_unlocks_the_door_is_kept(
    hass: HomeAssistant, trigger: dict[str, Any]
) -> None:
    """Whatever way the automation watches it."""
    assert admits(hass, LAMP.entity_id)
    await async_automate(hass, trigger)
    assert not admits(hass, LAMP.entity_id)
    assert Guard(hass, is_for_strangers=False).admitted([LAMP.entity_id])
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.open"}, blocking=True
    )
    assert admits(hass, LAMP.entity_id)


@pytest.mark.parametrize("trigger", SETS_NOTHING_OFF.values(), ids=SETS_NOTHING_OFF)
@pytest.mark.usefixtures("touched")
async def test_a_lamp_that_unlocks_nothing_is_not_kept(
    hass: HomeAssistant, trigger: dict[str, Any]
) -> None:
    """An automation for the lock is no reason to keep everything."""
    await async_automate(hass, trigger)
    assert admits(hass, LAMP.entity_id)
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.open"}, blocking=True
    )


@pytest.mark.usefixtures("touched")
async def test_a_chain_of_automations_is_followed(hass: HomeAssistant) -> None:
    """The lamp sets off the fog, and the fog the lock."""
    fog = {"action": "switch.turn_on", "target": {"entity_id": FOG.entity_id}}
    chain = [
        {
            "alias": "fog",
            "triggers": [{"trigger": "state", "entity_id": LAMP.entity_id}],
            "actions": [fog],
        },
        {
            "alias": "open",
            "triggers": [{"trigger": "state", "entity_id": FOG.entity_id}],
            "actions": [UNLOCK],
        },
    ]
    assert await async_setup_component(hass, "automation", {"automation": chain})
    await hass.async_block_till_done()
    with pytest.raises(NotForStrangers) as refusal:
        Reach(hass).follow([LAMP.entity_id])
    assert refusal.value.is_proven
    assert refusal.value.path == (
        *("light.porch", "automation.fog", "switch.fog"),
        *("automation.open", "lock.unlock"),
    )


@pytest.mark.usefixtures("touched")
async def test_a_button_of_the_locks_device_is_kept(hass: HomeAssistant) -> None:
    """It may well unlatch the door; a lamp in the same device does not."""
    registry = er.async_get(hass)
    device_id = device_of(hass, LOCK)
    registry.async_update_entity(FOG.entity_id, device_id=device_id)
    registry.async_update_entity(LAMP.entity_id, device_id=device_id)
    assert not admits(hass, FOG.entity_id)
    assert admits(hass, LAMP.entity_id)


@pytest.mark.parametrize("has_device", [True, False])
@pytest.mark.parametrize("by_id", [True, False])
@pytest.mark.usefixtures("touched")
async def test_a_switch_that_is_shown_as_a_lock_is_kept(
    hass: HomeAssistant, by_id: bool, has_device: bool
) -> None:
    """Home Assistant hides the switch, but it is still there.

    The lock joins the switch's device, where it has one.
    """
    assert admits(hass, FOG.entity_id)
    registry = er.async_get(hass)
    if not has_device:
        registry.async_update_entity(FOG.entity_id, device_id=None)
    entry = registry.async_get(FOG.entity_id)
    assert entry is not None
    options = {
        "entity_id": entry.id if by_id else FOG.entity_id,
        "invert": False,
        "target_domain": "lock",
    }
    wrapper = MockConfigEntry(
        domain="switch_as_x",
        title="Hidden",
        options=options,
        version=1,
        minor_version=3,
    )
    wrapper.add_to_hass(hass)
    assert await hass.config_entries.async_setup(wrapper.entry_id)
    await hass.async_block_till_done()
    assert not admits(hass, FOG.entity_id)


@pytest.mark.parametrize(
    ("kind", "does", "is_admitted"), [(LOCK, "unlock", False), (LAMP, "turn_on", True)]
)
@pytest.mark.usefixtures("touched")
async def test_what_a_devices_action_does_is_followed(
    hass: HomeAssistant, kind: Kind, does: str, is_admitted: bool
) -> None:
    """Such as the editor of automations makes them."""
    step = {
        "domain": kind.entity_id.partition(".")[0],
        "type": does,
        "device_id": device_of(hass, kind),
        "entity_id": kind.entity_id,
    }
    script = {"script": {"trick": {"sequence": [step]}}}
    assert await async_setup_component(hass, "script", script)
    await hass.async_block_till_done()
    assert admits(hass, "script.trick") is is_admitted
    if not is_admitted:
        with pytest.raises(NotForStrangers) as refusal:
            Reach(hass).follow(["script.trick"])
        assert refusal.value.path == ("script.trick", "device action lock")


@pytest.mark.usefixtures("touched")
async def test_a_player_made_of_any_actions_is_kept(hass: HomeAssistant) -> None:
    """What a universal player does for its commands lies where nobody can look."""
    player = {
        "platform": "universal",
        "name": "tv",
        "commands": {"turn_on": {"action": "light.turn_on"}},
    }
    assert await async_setup_component(hass, "media_player", {"media_player": player})
    await hass.async_block_till_done()
    assert hass.states.get("media_player.tv") is not None
    assert not admits(hass, "media_player.tv")


UNCLEAR: dict[str, dict[str, Any]] = {
    "mqtt": {"action": "mqtt.publish", "data": {"topic": "lock/set"}},
    "shell": {"action": "shell_command.open"},
    "rest": {"action": "rest_command.open"},
    "remote": {
        "action": "remote.send_command",
        "target": {"entity_id": "remote.tv"},
        "data": {"command": "open"},
    },
    "any_command": {
        "action": "vacuum.send_command",
        "target": {"entity_id": "vacuum.robot"},
        "data": {"command": "open"},
    },
    "helpers_reload": {"action": "input_boolean.reload"},
    "python": {"action": "python_script.open"},
    "words": {"action": "conversation.process", "data": {"text": "unlock the door"}},
    "group_set": {"action": "group.set", "data": {"object_id": "porch"}},
    "new_scene": {"action": "scene.create", "data": {"scene_id": "open"}},
    "reload": {"action": "script.reload"},
    "restart": {"action": "homeassistant.restart"},
    "unknown_script": {"action": "script.nobody_knows"},
    "core_event": {"event": "automation_reloaded"},
}


@pytest.mark.parametrize("step", UNCLEAR.values(), ids=UNCLEAR)
@pytest.mark.usefixtures("touched")
async def test_what_nobody_can_see_through_is_kept(
    hass: HomeAssistant, step: dict[str, Any]
) -> None:
    """It is not said to be forbidden, but nobody can tell that it is not."""
    assert await async_setup_component(hass, "automation", {"automation": []})
    script = {"script": {"trick": {"sequence": [step]}}}
    assert await async_setup_component(hass, "script", script)
    await hass.async_block_till_done()
    with pytest.raises(NotForStrangers) as refusal:
        Reach(hass).follow(["script.trick"])
    assert not refusal.value.is_proven
    assert refusal.value.path[0] == "script.trick"


CLEAR: dict[str, dict[str, Any]] = {
    "notify": {"action": "notify.phone", "data": {"message": "Boo"}},
    "own_event": {"event": "fog", "event_data": {"seconds": "{{ 3 }}"}},
    "wait": {"wait_template": "{{ true }}"},
    "lamp": {
        "action": "light.turn_on",
        "target": {"entity_id": "light.porch"},
        "data": {"brightness": "{{ 3 }}"},
    },
    "none": {"action": "light.turn_on", "target": {"entity_id": "none"}},
}


@pytest.mark.parametrize("step", CLEAR.values(), ids=CLEAR)
@pytest.mark.usefixtures("touched")
async def test_what_only_does_what_it_says_is_not_kept(
    hass: HomeAssistant, step: dict[str, Any]
) -> None:
    """Templates in what is no target do no harm."""
    script = {"script": {"trick": {"sequence": [step]}}}
    assert await async_setup_component(hass, "script", script)
    await hass.async_block_till_done()
    assert admits(hass, "script.trick")


async def test_scripts_that_failed_to_load_are_kept(
    hass: HomeAssistant, touched: Touched
) -> None:
    """What cannot be read cannot be seen through, and does not run."""
    assert await async_setup_component(
        hass, "script", {"script": {"broken": {"sequence": [{"nonsense": 1}]}}}
    )
    assert not admits(hass, "script.broken")
    assert not admits(hass, "scene.of_a_lamp_maker")
    assert touched == []
