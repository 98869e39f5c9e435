"""The device that Home Assistant holds, as it fails and as others use it."""

import asyncio
from copy import deepcopy
from dataclasses import replace
from itertools import count
from math import inf
from typing import Any

from homeassistant.components.assist_pipeline import (
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.models import Pipeline
from homeassistant.config_entries import RELOAD_AFTER_UPDATE_DELAY
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, restore_state

from custom_components.realtime_pumpkin.pipelines import async_delete_pipeline
from demo.esphome_device.assistant import Phase as DevicePhase
from tests.faults.cell import Act, Phase, Trouble
from tests.faults.device import CHIME
from tests.faults.fault import Fault, Group
from tests.faults.held import OWN
from tests.faults.house_faults import at_device
from tests.faults.world import DEVICE, World

_VOICE = "Pumpkin"
_GHOST = "Ghost"
_OTHER = "preferred"

_STALLED_S = 3.0
"""Within how long a microphone that says nothing is noticed."""

_START_S = 8.0
"""Within how long a device that does not begin to listen is noticed."""

_FETCH_S = 8.0
"""Within how long a player that does not fetch is noticed."""

_BRIEF_S = 3.0
_SOON_S = 0.1
_STALL_S = 2.0
"""How long a microphone may say nothing."""

_NUMBERS = count(1)


async def _die(world: World) -> None:
    """Let it lose power."""
    world.device.die()


async def _revive(world: World) -> None:
    """Let it have power again, and Home Assistant find it."""
    await world.device.revive()
    await world.until_connected()


async def _hang(world: World) -> None:
    """Let it hang with its connection open."""
    world.device.hang()


async def _go_on(world: World) -> None:
    """Let it go on where it hung."""
    world.device.go_on()


async def _switch_on_again(world: World) -> None:
    """Switch it off and on again."""
    world.device.die()
    await _revive(world)


async def _mute(world: World) -> None:
    """Mute its microphone with its switch."""
    world.device.mute()


async def _unmute(world: World) -> None:
    """Let it hear again, from its next run on."""
    world.device.mute(on=False)


async def _flood(world: World) -> None:
    """Let it send a minute of sound at once."""
    world.device.flood()


async def _halve(world: World) -> None:
    """Let it send half samples."""
    world.device.is_odd = True


async def _mend(world: World) -> None:
    """Let it send whole samples."""
    world.device.is_odd = False


async def _wake_another(world: World) -> None:
    """Say its wake word until its own assistant listens."""
    world.device.wake()
    await asyncio.sleep(_SOON_S)
    if world.device.assistant.phase is DevicePhase.IDLE:
        world.device.wake()
        await asyncio.sleep(_SOON_S)


async def _free(world: World) -> None:
    """Press its button while it does anything."""
    if world.device.assistant.phase is not DevicePhase.IDLE:
        world.device.press()


def _announced(seconds: float) -> Act:
    """Let something be announced at the satellite."""

    async def strike(world: World) -> None:
        data = {"media_id": f"{CHIME}{seconds}", "preannounce": False}
        await world.hass.services.async_call(
            "assist_satellite",
            "announce",
            {"entity_id": world.device_at.entity_id, **data},
        )

    return strike


async def _chime(world: World) -> None:
    """Let the doorbell's chime be announced at the device's player."""
    await world.hass.services.async_call(
        "media_player",
        "play_media",
        {
            "entity_id": world.device_at.player,
            "media_content_id": f"{CHIME}4.0",
            "media_content_type": "music",
            "announce": True,
        },
    )


def _misbehaving(**how: bool) -> tuple[Act, Act]:
    """Let it have something wrong with it, and be well again."""

    async def strike(world: World) -> None:
        world.device.misbehave(**how)

    async def lift(world: World) -> None:
        world.device.misbehave(**dict.fromkeys(how, False))

    return strike, lift


async def _disable(world: World) -> None:
    """Disable its player, as its owner does."""
    er.async_get(world.hass).async_update_entity(
        world.device_at.player, disabled_by=er.RegistryEntryDisabler.USER
    )
    await world.hass.async_block_till_done()


async def _enable(world: World) -> None:
    """Enable it; Home Assistant reloads the device's entry a while later."""
    er.async_get(world.hass).async_update_entity(
        world.device_at.player, disabled_by=None
    )
    await asyncio.sleep(RELOAD_AFTER_UPDATE_DELAY + 1)
    await world.until_connected()


async def _choose_other(world: World) -> None:
    """Choose another assistant at the device."""
    await world.choose(_OTHER)


async def _choose_own(world: World) -> None:
    """Choose the first one again."""
    await world.choose(OWN)


def _pipeline(hass: HomeAssistant, name: str) -> Pipeline | None:
    """Return a pipeline by its name."""
    return next((each for each in async_get_pipelines(hass) if each.name == name), None)


def _pipeline_renamed(old: str, new: str) -> Act:
    """Rename the voice's pipeline."""

    async def strike(world: World) -> None:
        found = _pipeline(world.hass, old)
        if found is not None:
            await async_update_pipeline(world.hass, found, name=new)

    return strike


async def _delete_pipeline(world: World) -> None:
    """Delete the voice's pipeline; it is made anew when it is needed."""
    found = _pipeline(world.hass, _VOICE)
    assert found is not None
    await async_delete_pipeline(world.hass, found.id)


async def _reload(world: World) -> None:
    """Reload the device's entry."""
    await world.hass.config_entries.async_reload(world.device_at.entry.entry_id)
    await world.until_connected()


async def _remove(world: World) -> None:
    """Remove the device from Home Assistant."""
    await world.hass.config_entries.async_remove(world.device_at.entry.entry_id)


async def _add(world: World) -> None:
    """Add it again."""
    await world.hold()
    await world.until_connected()


def _rename(world: World, what: str, name: str) -> None:
    """Give an entity of the device another name."""
    held = world.device_at
    er.async_get(world.hass).async_update_entity(
        getattr(held, what), new_entity_id=name
    )
    changed: dict[str, Any] = {what: name}
    world.held = replace(held, **changed)


def _renamed(what: str) -> Trouble:
    """Rename an entity of the device, each time to a name that it never had.

    Home Assistant would restore what was shown under an old one.
    """

    async def strike(world: World) -> None:
        """Give it a new name."""
        stem = getattr(world.device_at, what).partition("_no_")[0]
        _rename(world, what, f"{stem}_no_{next(_NUMBERS)}")
        await world.hass.async_block_till_done()
        await world.until_connected()

    return Trouble(strike, is_inside=True)


async def _rename_satellite_back(world: World) -> None:
    """Give the satellite the name that the voice knows."""
    stem = world.device_at.entity_id.partition("_no_")[0]
    if stem != world.device_at.entity_id:
        _rename(world, "entity_id", stem)
        await world.hass.async_block_till_done()
        await world.until_connected()


async def _crash(world: World) -> None:
    """Let Home Assistant die, with its states on the disk as they are, and start it."""
    await restore_state.async_get(world.hass).async_dump_states()
    disk = deepcopy(world.storage)
    await world.switch_off()
    world.storage.clear()
    world.storage.update(disk)
    await world.switch_on()


def _fault(name: str, trouble: Trouble, connecting: Trouble | None = None) -> Fault:
    """Return a fault at the device, made in another way while connecting."""
    at = {} if connecting is None else {Phase.CONNECTING: connecting}
    return Fault(name, Group.DEVICE, trouble, at=at, kind=DEVICE)


_LOST = _fault(
    "the device is lost", Trouble(_die, _revive), Trouble(_die, _revive, is_inside=True)
)
_HANGS = _fault("the device hangs", Trouble(_hang, _go_on))
_WOKEN = _fault(
    "another assistant is woken at the device",
    Trouble(_wake_another, _free, noticed_s=_START_S),
)

DEVICE_FAULTS = (
    _LOST,
    _LOST.brief(_BRIEF_S),
    _fault(
        "the device hangs",
        Trouble(_hang, _switch_on_again, noticed_s=_STALLED_S),
        Trouble(_hang, _switch_on_again, noticed_s=_START_S),
    ),
    _HANGS.brief(_STALL_S),
    _fault(
        "the device's microphone is muted",
        Trouble(_mute, _unmute, noticed_s=_STALLED_S),
        Trouble(_mute, _unmute, noticed_s=_START_S),
    ),
    _fault("the device floods", Trouble(_flood)),
    _fault("the device sends half samples", Trouble(_halve, _mend)),
    _WOKEN,
    _WOKEN.brief(_BRIEF_S),
    _fault("the house announces at the device", Trouble(_announced(_BRIEF_S), _free)),
    _fault("an announcement at the device never ends", Trouble(_announced(inf), _free)),
    _fault("a chime at the device's player", Trouble(_chime)),
    _fault(
        "the device fetches nothing",
        Trouble(*_misbehaving(refuse_media=True), noticed_s=_FETCH_S),
    ),
    _fault(
        "the device never says that it has announced",
        Trouble(*_misbehaving(never_finish=True), noticed_s=_START_S),
    ),
)

REGISTRY_FAULTS = (
    _fault(
        "the device's player is disabled", Trouble(_disable, _enable, is_inside=True)
    ),
    _fault(
        "another assistant is chosen at the device",
        Trouble(_choose_other, _choose_own, is_inside=True, noticed_s=_START_S),
    ),
    _fault(
        "the voice's pipeline is renamed",
        Trouble(
            _pipeline_renamed(_VOICE, _GHOST),
            _pipeline_renamed(_GHOST, _VOICE),
            is_inside=True,
            noticed_s=_START_S,
        ),
    ),
    _fault(
        "the voice's pipeline is deleted",
        Trouble(_delete_pipeline, is_inside=True, noticed_s=_START_S),
    ),
    _fault("the device's entry is reloaded", Trouble(_reload, is_inside=True)),
    _fault("the device is removed", Trouble(_remove, _add, is_inside=True)),
    _fault(
        "the satellite's entity is renamed",
        replace(_renamed("entity_id"), lift=_rename_satellite_back, noticed_s=_START_S),
    ),
    _fault("the entity of the device's assistant is renamed", _renamed("assistant")),
    _fault("the entity of the device's player is renamed", _renamed("player")),
    _fault("Home Assistant crashes", Trouble(_crash, is_inside=True)),
    *at_device(),
)
