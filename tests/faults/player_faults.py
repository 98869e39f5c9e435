"""The media player, as it fails."""

from tests.faults.cell import Trouble
from tests.faults.fault import Fault, Group
from tests.faults.player import Habits, HousePlayer
from tests.faults.world import Kind, World

_KIND = Kind(has_player=True)
_FETCH_S = 8.0
"""Within how long a player that does not fetch is noticed."""


def _player(world: World) -> HousePlayer:
    """Return the player of a world that has one."""
    assert world.player is not None
    return world.player


async def _unreachable(world: World) -> None:
    """Let Home Assistant lose sight of it; it plays what it has."""
    player = _player(world)
    player._attr_available = False
    player.async_write_ha_state()


async def _unplug(world: World) -> None:
    """Unplug it."""
    await _player(world).vanish()


async def _plug(world: World) -> None:
    """Have it again, with good habits."""
    await _player(world).come_back()


def _fetching(habits: Habits) -> Trouble:
    """Let it fetch in an odd way from the next sentence on."""

    async def strike(world: World) -> None:
        _player(world).habits = habits

    return Trouble(strike, _plug, noticed_s=_FETCH_S)


PLAYER_FAULTS = (
    Fault(
        "the player is unavailable",
        Group.PLAYER,
        Trouble(_unreachable, _plug, noticed_s=_FETCH_S),
        kind=_KIND,
    ),
    Fault(
        "the player is gone in mid-stream",
        Group.PLAYER,
        Trouble(_unplug, _plug, noticed_s=_FETCH_S),
        kind=_KIND,
    ),
    Fault("the player never fetches", Group.PLAYER, _fetching(Habits(0)), kind=_KIND),
    Fault(
        "the player fetches nine times",
        Group.PLAYER,
        _fetching(Habits(9)),
        kind=_KIND,
    ),
    Fault(
        "the player fetches twice at once",
        Group.PLAYER,
        _fetching(Habits(2, at_once=True)),
        kind=_KIND,
    ),
)
