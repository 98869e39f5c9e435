"""The satellite, as it fails."""

import asyncio

from tests.faults.cell import Trouble
from tests.faults.fault import Fault, Group
from tests.faults.world import World

_SILENCE_S = 5.0
"""Within how long a satellite that sends nothing is noticed."""

_BRIEF_S = 3.0


async def _unplug(world: World) -> None:
    """Unplug it."""
    await world.satellite.stop()


async def _plug(world: World) -> None:
    """Plug it in again."""
    await world.satellite.start()


async def _occupy(world: World) -> None:
    """Let another server have it."""
    world.satellite.is_occupied = True
    world.satellite.let_go()


async def _free(world: World) -> None:
    """Let nobody have it."""
    world.satellite.is_occupied = False


async def _hang(world: World) -> None:
    """Let it hang with its connection open; it plays later what comes meanwhile."""
    world.satellite.flows.clear()
    world.satellite.most_ahead = 10.0


async def _wake(world: World) -> None:
    """Let it go on where it hung, and play what it was sent meanwhile."""
    world.satellite.flows.set()
    await asyncio.sleep(_BRIEF_S)


async def _switch_on_again(world: World) -> None:
    """Switch it off and on again."""
    await world.satellite.stop()
    world.satellite.flows.set()
    await world.satellite.start()


async def _distort(world: World) -> None:
    """Let it send 24 bits where 16 are agreed on."""
    world.satellite.width = 3


async def _clear(world: World) -> None:
    """Let it send 16 bits."""
    world.satellite.width = 2


async def _flood(world: World) -> None:
    """Let it send two minutes of sound at once."""
    if world.satellite.is_owned:
        await world.satellite.flood()


_LOST = Fault("the satellite is lost", Group.SATELLITE, Trouble(_unplug, _plug))
_OCCUPIED = Fault(
    "another server takes the satellite", Group.SATELLITE, Trouble(_occupy, _free)
)
SATELLITE_FAULTS = (
    _LOST,
    _LOST.brief(_BRIEF_S),
    _OCCUPIED,
    _OCCUPIED.brief(_BRIEF_S),
    Fault(
        "the satellite stalls",
        Group.SATELLITE,
        Trouble(_hang, _switch_on_again, noticed_s=_SILENCE_S),
    ),
    Fault("the satellite stalls", Group.SATELLITE, Trouble(_hang, _wake)).brief(
        _BRIEF_S
    ),
    Fault(
        "the satellite sends a wrong format",
        Group.SATELLITE,
        Trouble(_distort, _clear, noticed_s=_SILENCE_S),
    ),
    Fault("the satellite floods", Group.SATELLITE, Trouble(_flood)),
)
