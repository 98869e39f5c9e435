"""The acts of one conversation, and how they are chosen for each."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from ..const import LOGGER
from ..options import VoiceOptions
from ..realtime.protocols import ConversationSession
from ..request import ConversationRequest
from ..tools import Tool
from .act import Act, Stage
from .eyes import open_eyes
from .hand_over import hands_over
from .memory import remember
from .puppetry import make_puppetry
from .sound_effects import play_effects

type Maker = Callable[[Stage, VoiceOptions, ConversationRequest], Act | None]
"""Return the act of a conversation, or None where the user did not ask for it."""

MAKERS: Final[tuple[Maker, ...]] = (
    open_eyes,
    remember,
    play_effects,
    make_puppetry,
    hands_over,
)


class Performance:
    """All acts of one conversation; one that fails leaves the others alone."""

    def __init__(self, acts: Sequence[Act] = ()) -> None:
        """Perform acts in their order."""
        self._acts = tuple(acts)

    @property
    def tools(self) -> dict[str, Tool]:
        """Return what the model may call because of the acts, by name."""
        return {name: tool for act in self._acts for name, tool in act.tools.items()}

    @property
    def finish_arguments(self) -> dict[str, Any]:
        """Return what the finish tool is to tell as well: JSON schemas by name."""
        return {
            name: schema
            for act in self._acts
            for name, schema in act.finish_arguments.items()
        }

    @property
    def instructions(self) -> str:
        """Return what the model is told to be able to do."""
        return "\n\n".join(act.instructions for act in self._acts if act.instructions)

    @property
    def context(self) -> tuple[str, ...]:
        """Return what the model is told before anybody speaks."""
        return tuple(line for act in self._acts for line in act.context)

    async def async_open(self, session: ConversationSession) -> None:
        """Begin every act; what fails is logged, for the show goes on."""
        await asyncio.gather(
            *(_guarded(act, act.async_open(session)) for act in self._acts)
        )

    async def async_close(self) -> None:
        """End every act; never raises."""
        await asyncio.gather(*(_guarded(act, act.async_close()) for act in self._acts))


async def _guarded(act: Act, coro: Coroutine[Any, Any, None]) -> None:
    """Do a part of an act; a conversation does not fail because of its show."""
    try:
        await coro
    except Exception:  # noqa: BLE001  # Cameras and lights are foreign code.
        LOGGER.exception("%s of the show failed", type(act).__name__)


def perform(
    stage: Stage,
    options: VoiceOptions,
    request: ConversationRequest,
    makers: Sequence[Maker] = MAKERS,
) -> Performance:
    """Return the acts that a conversation is to have."""
    made = (make(stage, options, request) for make in makers)
    return Performance([act for act in made if act is not None])
