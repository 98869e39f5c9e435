"""The house itself, as it changes under a conversation."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
import sys
import time
from types import ModuleType, SimpleNamespace
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from demo.realtime_server import connection, server as server_of_sessions
from tests.common import VOICE_ENTITY_ID, only_subentry
from tests.faults.cell import Trouble
from tests.faults.fault import Fault, Group
from tests.faults.player import PLAYER
from tests.faults.world import DEVICE, Kind, World

_THE_HOUSE = ("homeassistant.", "custom_components.realtime_pumpkin.")
_PLAYER_RENAMED = "the player's entity is renamed"
_BORROWING = Kind(has_player=True)
"""The volume of a player is borrowed while the voice talks."""


async def _restart(world: World) -> None:
    """Stop Home Assistant and start it again."""
    await world.switch_off()
    await world.switch_on()


async def _reload(world: World) -> None:
    """Reload the account."""
    await world.hass.config_entries.async_reload(world.entry.entry_id)
    world.watch()


class _Deletion:
    """A voice that is deleted and added again."""

    def __init__(self) -> None:
        """Have deleted nothing yet."""
        self._deleted: ConfigSubentry | None = None

    async def strike(self, world: World) -> None:
        """Delete the voice as its owner does."""
        self._deleted = voice = only_subentry(world.entry)
        entries = world.hass.config_entries
        entries.async_remove_subentry(world.entry, voice.subentry_id)
        await world.hass.async_block_till_done()

    async def lift(self, world: World) -> None:
        """Add it again."""
        assert self._deleted is not None
        world.hass.config_entries.async_add_subentry(world.entry, self._deleted)
        await world.hass.async_block_till_done()
        world.watch()


def _renamed(old: str, new: str) -> Trouble:
    """Rename an entity, and back."""

    async def strike(world: World) -> None:
        er.async_get(world.hass).async_update_entity(old, new_entity_id=new)
        await world.hass.async_block_till_done()

    async def lift(world: World) -> None:
        er.async_get(world.hass).async_update_entity(new, new_entity_id=old)
        await world.hass.async_block_till_done()

    return Trouble(strike, lift, is_inside=True)


class _Jump:
    """The house's clock, which jumps; the service's does not."""

    def __init__(self, hours: int) -> None:
        """Be right."""
        self._by = timedelta(hours=hours)
        self._wrong = ExitStack()

    async def strike(self, world: World) -> None:
        """Let it jump, for whoever of Home Assistant looks at it and for us."""
        wrong, by = self._wrong.enter_context, self._by
        right, utcnow, now = time.time, dt_util.utcnow, dt_util.now
        of_service = SimpleNamespace(time=right)
        for server in (connection, server_of_sessions):
            wrong(patch.object(server, "time", of_service))
        for clock, told in (
            (right, lambda: right() + by.total_seconds()),
            (utcnow, lambda: utcnow() + by),
            (now, lambda *zone: now(*zone) + by),
        ):
            for module, name in _holders(clock):
                wrong(patch.object(module, name, told))
        wrong(patch("time.time", lambda: right() + by.total_seconds()))

    async def lift(self, world: World) -> None:
        """Set it right."""
        self._wrong.close()


def _holders(clock: object) -> list[tuple[ModuleType, str]]:
    """Return where a clock is kept, under which name."""
    return [
        (module, name)
        for path, module in tuple(sys.modules.items())
        if path.startswith(_THE_HOUSE)
        for name, value in vars(module).items()
        if value is clock
    ]


def _jump(hours: int) -> Trouble:
    """Let the house's clock jump."""
    clock = _Jump(hours)
    return Trouble(clock.strike, clock.lift)


_DELETION = _Deletion()

HOUSE_FAULTS = (
    Fault(
        "Home Assistant restarts",
        Group.HOUSE,
        Trouble(_restart, is_inside=True),
        kind=_BORROWING,
    ),
    Fault(
        "the account is reloaded",
        Group.HOUSE,
        Trouble(_reload, is_inside=True),
        kind=_BORROWING,
    ),
    Fault(
        "the voice is deleted",
        Group.HOUSE,
        Trouble(_DELETION.strike, _DELETION.lift, is_inside=True),
        kind=_BORROWING,
    ),
    Fault(
        "the voice's entity is renamed",
        Group.HOUSE,
        _renamed(VOICE_ENTITY_ID, "assist_satellite.lantern"),
    ),
    Fault(
        _PLAYER_RENAMED,
        Group.HOUSE,
        _renamed(PLAYER, "media_player.garden"),
        kind=_BORROWING,
    ),
    Fault("the clock jumps three hours ahead", Group.HOUSE, _jump(3)),
    Fault("the clock jumps three hours back", Group.HOUSE, _jump(-3)),
)


def at_device() -> tuple[Fault, ...]:
    """Return what may happen to a voice that borrows a device."""
    return tuple(
        replace(fault, name=f"{fault.name} (device)", group=Group.DEVICE, kind=DEVICE)
        for fault in HOUSE_FAULTS
        if fault.name != _PLAYER_RENAMED
    )
