"""A visitor who speaks when it is their turn, and says it again when nobody answers."""

import asyncio

from custom_components.realtime_pumpkin.realtime.events import Phase
from tests.faults.service import LINES
from tests.faults.world import World

_BEFORE_S = 1.2
_SPEECH_S = 0.8
_PATIENCE_S = 8.0
_TRIES = 5


async def visit(world: World) -> None:
    """Say each line until it is answered, for as long as there is a conversation."""
    for line in LINES:
        for _ in range(_TRIES):
            await _until_phase(world, Phase.LISTENING)
            await asyncio.sleep(_BEFORE_S)
            if _phase(world) is Phase.LISTENING:
                await _say(world, line)
                answered = lambda: _phase(world) is Phase.RESPONDING  # noqa: E731
                if await world.until(answered, _PATIENCE_S):
                    break
        await world.until(lambda: _phase(world) is not Phase.RESPONDING, 60)


async def _say(world: World, line: str) -> None:
    """Speak."""
    world.service.brain.words = line
    world.ears.is_spoken_to = True
    try:
        await asyncio.sleep(_SPEECH_S)
    finally:
        world.ears.is_spoken_to = False


async def _until_phase(world: World, phase: Phase) -> None:
    """Wait for a phase, as long as it takes."""
    await world.until(lambda: _phase(world) is phase, 600)


def _phase(world: World) -> Phase | None:
    """Return what the voice is doing."""
    coordinator = world.coordinator
    return coordinator.data.phase if coordinator else None
