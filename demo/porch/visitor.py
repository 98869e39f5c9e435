"""Who stands at the door: listens, waits for silence or interrupts, then speaks."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from demo.visit import Line, Visit

from .ears import Ears


class NobodyAnsweredError(Exception):
    """The visitor waited for the pumpkin and heard nothing."""


async def visit(
    ears: Ears,
    script: Visit,
    lines: Sequence[Path],
    rang_ms: int,
    begins: Callable[[Line, int], None],
    ends: Callable[[int], None],
) -> None:
    """Say every line when it is its turn; tell when each begins and ends.

    `begins` gets the line and the silence before it in ms, `ends` the time of its
    end. The only thing a visitor knows is what the speaker played since they rang.
    Raises `NobodyAnsweredError` where nothing was heard.
    """
    said_ms = rang_ms
    for line, file in zip(script.lines, lines, strict=True):
        await _wait_for_turn(ears, line, said_ms, script.answer_within_s)
        begins(line, ears.heard.quiet_ms)
        said_ms = await ears.say(file)
        ends(said_ms)


async def _wait_for_turn(ears: Ears, line: Line, said_ms: int, within_s: float) -> None:
    """Wait until a line is to be said, after what was said before it."""
    if line.interrupts:
        started_ms = await _hear(ears, said_ms, within_s)
        await ears.wait_until(started_ms + line.interrupts_after_ms)
    else:
        await hear_out(ears, said_ms, within_s, line.after_quiet_ms)


async def hear_out(ears: Ears, after_ms: int, within_s: float, quiet_ms: int) -> None:
    """Wait until the pumpkin has begun to speak, and has finished."""
    await _hear(ears, after_ms, within_s)
    await ears.wait_for_quiet(quiet_ms)


async def _hear(ears: Ears, after_ms: int, within_s: float) -> int:
    """Wait until the pumpkin begins to speak; return when it began, in ms."""
    try:
        async with asyncio.timeout(within_s):
            return await ears.wait_for_sound(after_ms)
    except TimeoutError as err:
        raise NobodyAnsweredError(f"Nothing was heard for {within_s:.0f} s") from err
