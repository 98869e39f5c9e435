"""The conversation's shell on sockets that say anything, in virtual time."""

import asyncio
from typing import Any, Final

import orjson

from custom_components.realtime_pumpkin.realtime.errors import RealtimeError
from custom_components.realtime_pumpkin.realtime.events import (
    ConversationUpdate,
    Phase,
    ToolCalled,
)
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from tests.realtime.world import CONFIG, VOICE

from .conversation import CLIENT_EVENT, behaviour
from .dice import Dice
from .loop import run_at_once
from .sockets import FuzzedService
from .typed import assert_typed

LONGEST_S: Final = 900.0


class _House:
    """The speaker and whoever listens: both take only what makes sense."""

    def __init__(self, dice: Dice) -> None:
        """Begin in silence."""
        self.dice = dice
        self.session: RealtimeSession
        self.is_begun = False
        self.written = 0
        self.tasks: list[asyncio.TimerHandle] = []

    def begin(self, utterance: str) -> None:
        """Begin an utterance, which is heard soon."""
        assert utterance
        self.is_begun, self.written = True, 0
        self._later(self.session.audio_started, utterance)

    def write(self, pcm: bytes) -> None:
        """Take its sound."""
        assert self.is_begun
        assert len(pcm) % 2 == 0
        self.written += len(pcm)

    def finish(self) -> None:
        """Take its end; it is heard to it soon."""
        self.is_begun = False

    def clear(self) -> int:
        """Fall silent."""
        self.is_begun = False
        return self.dice.pick((0, 1, self.written // 48))

    def phase_changed(self, phase: Phase) -> None:
        """Hear of a phase."""
        assert isinstance(phase, Phase)

    def conversation_updated(self, update: ConversationUpdate) -> None:
        """Hear what happened: it can be told to the house as JSON."""
        assert_typed(update)
        orjson.dumps(update)

    def tool_called(self, call: ToolCalled) -> None:
        """Run a tool."""
        assert_typed(call)
        orjson.dumps(call.arguments)
        self._later(self.session.tool_finished, call.call_id, '{"ok": true}')

    def _later(self, do: Any, *arguments: Any) -> None:
        """Do something after a while, or never."""
        seconds = self.dice.pick((0.1, 0.5, 5.0, 20.0))
        loop = asyncio.get_running_loop()
        self.tasks.append(loop.call_later(seconds, do, *arguments))


def fuzz_shell(data: bytes) -> None:
    """Hold a conversation; raise where anything does, or where it does not end."""
    run_at_once(_hold(Dice(data)))


async def _hold(dice: Dice) -> None:
    """Hold a conversation until it ends, or a while after which it is told to."""
    house = _House(dice)
    service = FuzzedService(dice, _check)
    session = house.session = RealtimeSession(
        CONFIG, behaviour(dice), connect=service.connect, speaker=house, observer=house
    )
    try:
        await session.open()
    except RealtimeError:
        await session.close()
        return
    running = asyncio.ensure_future(session.run())
    try:
        for _ in range(dice.number(60)):
            session.hear(VOICE)
            await asyncio.wait([running], timeout=dice.pick((0.04, 0.5, 3.0)))
        session.stop("user_ended", goodbye=dice.one_in(2))
        reason = await asyncio.wait_for(running, LONGEST_S)
        assert reason
        assert isinstance(reason, str)
    finally:
        running.cancel()
        for task in house.tasks:
            task.cancel()
        await session.close()
        await asyncio.sleep(0)
    orjson.dumps(session.transcript())


def _check(data: bytes) -> None:
    """Check what is sent: an event that the service knows."""
    CLIENT_EVENT.validate_json(data)
