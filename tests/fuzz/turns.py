"""A session turn by turn on a socket that says anything, in virtual time."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from typing import Any

import orjson

from custom_components.realtime_pumpkin.realtime.errors import RealtimeError
from custom_components.realtime_pumpkin.realtime.turn import ResponseEnded, Turn
from custom_components.realtime_pumpkin.realtime.turn_session import Spoken, TurnSession
from custom_components.realtime_pumpkin.realtime.usage import Usage
from tests.realtime.world import CONFIG, VOICE

from .conversation import CLIENT_EVENT
from .dice import Dice
from .loop import run_at_once
from .sockets import FuzzedService
from .typed import assert_typed


def fuzz_turns(data: bytes) -> None:
    """Listen and answer; raise where anything but `RealtimeError` does."""
    run_at_once(_talk(Dice(data)))


async def _talk(dice: Dice) -> None:
    """Hold a few turns."""
    service = FuzzedService(dice, _check)
    try:
        session = await TurnSession.open(service.connect, CONFIG, _note_usage)
    except RealtimeError:
        return
    running = asyncio.ensure_future(session.run())
    try:
        for _ in range(1 + dice.number(4)):
            with contextlib.suppress(RealtimeError):
                await _turn(dice, session)
        running.cancel()
    finally:
        await asyncio.wait([running])
    if not running.cancelled():
        running.result()


async def _turn(dice: Dice, session: TurnSession) -> None:
    """Say something, read what is answered."""
    if dice.one_in(3):
        await session.tell([("user", "Trick or treat!")])
        turn: Turn | None = await session.answer(is_spoken=not dice.one_in(2))
    else:
        frames = _frames(dice.number(40), dice.pick((0.0, 0.04, 1.0)))
        spoken = await session.hear(frames, answers=not dice.one_in(3))
        if spoken is None:
            return
        assert isinstance(spoken, Spoken)
        assert isinstance(spoken.text, str)
        assert spoken.text.strip()
        turn = spoken.turn
    if turn is not None:
        await _read(dice, session, turn)


async def _read(dice: Dice, session: TurnSession, turn: Turn) -> None:
    """Read an answer for a while, then give it up."""
    try:
        async with asyncio.timeout(dice.pick((1.0, 5.0, 60.0))):
            async for piece in turn.pieces():
                await _take(session, piece)
    except TimeoutError:
        pass
    finally:
        await session.give_up(turn)
    async for pcm in turn.sound.read():
        assert pcm
        assert len(pcm) % 2 == 0
    orjson.dumps(turn.text)


async def _take(session: TurnSession, piece: str | ResponseEnded) -> None:
    """Check a piece of an answer; answer what is called."""
    if isinstance(piece, str):
        assert piece
        return
    assert_typed(piece)
    for call in piece.calls:
        await session.tool_finished(call.call_id, "{}")


async def _frames(number: int, pause_s: float) -> AsyncIterator[bytes]:
    """Yield what a microphone hears."""
    for _ in range(number):
        await asyncio.sleep(pause_s)
        yield VOICE


def _note_usage(usage: dict[str, Any]) -> None:
    """Count what an answer costs."""
    tokens = Usage.of(usage)
    assert_typed(tokens)
    orjson.dumps(tokens.tokens)
    assert isinstance(tokens.cost("gpt-realtime-2.1"), float)


def _check(data: bytes) -> None:
    """Check what is sent: an event that the service knows."""
    CLIENT_EVENT.validate_json(data)
