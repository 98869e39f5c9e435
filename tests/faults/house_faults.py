"""The house itself, as it changes under a conversation."""

import time
from types import SimpleNamespace

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import entity_registry as er

from custom_components.realtime_pumpkin.realtime import runner
from tests.common import VOICE_ENTITY_ID, only_subentry
from tests.faults.cell import Trouble
from tests.faults.fault import Fault, Group
from tests.faults.player import PLAYER
from tests.faults.world import Kind, World

_HOUR_S = 3600
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


def _jump(seconds: float) -> Trouble:
    """Let the house's clock jump; the service's does not."""

    async def strike(world: World) -> None:
        clock = SimpleNamespace(time=lambda: time.time() + seconds)
        runner.time = clock  # type: ignore[assignment]

    async def lift(world: World) -> None:
        runner.time = time

    return Trouble(strike, lift)


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
        "the player's entity is renamed",
        Group.HOUSE,
        _renamed(PLAYER, "media_player.garden"),
        kind=_BORROWING,
    ),
    Fault("the clock jumps three hours ahead", Group.HOUSE, _jump(3 * _HOUR_S)),
    Fault("the clock jumps three hours back", Group.HOUSE, _jump(-3 * _HOUR_S)),
)
