"""Read texts aloud, word for word, in a session that has no microphone."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from .config import SessionConfig
from .connection import Connect
from .errors import ErrorKind, RealtimeError
from .turn import Turn
from .turn_session import OnUsage, TurnSession
from .verbatim import HeldBack, sentences

SENTENCE_TIMEOUT: Final = 60.0
TRIES: Final = 2


class NotRead(Exception):
    """The model said something else, twice."""


async def async_read(
    connect: Connect,
    config: SessionConfig,
    chunks: AsyncIterator[str],
    on_usage: OnUsage,
) -> AsyncGenerator[bytes]:
    """Yield a text as PCM s16le mono 24 kHz, sentence by sentence.

    A sentence is compared with its transcript, and only what is proven is let out: a
    short one at its end, a long one while it is read. Where it differs before any of
    it is out, it is read once more. Raises `RealtimeError` and `NotRead`.
    """
    session = await TurnSession.open(connect, config, on_usage)
    reader = asyncio.create_task(session.run())
    try:
        async for sentence in sentences(chunks):
            async for pcm in _verbatim(session, sentence):
                yield pcm
    finally:
        reader.cancel()
        await asyncio.wait([reader])


async def _verbatim(session: TurnSession, sentence: str) -> AsyncGenerator[bytes]:
    """Yield a sentence's sound; raise `NotRead` where no try is like it.

    Of a sentence that was begun nobody can tell where to go on: it is not read again.
    """
    for _ in range(TRIES):
        held = HeldBack(sentence)
        await session.tell([("user", sentence)])
        turn = await session.answer(is_spoken=True)
        ending = asyncio.create_task(_end(turn))
        try:
            async for pcm in turn.sound.read():
                if ready := held.push(pcm, turn.text):
                    yield ready
            await ending
        finally:
            ending.cancel()
        if (rest := held.rest(turn.text)) is not None:
            if rest:
                yield rest
            return
        if held.has_begun:
            break
    raise NotRead


async def _end(turn: Turn) -> None:
    """End a turn with its only response; raise `RealtimeError` where that fails."""
    try:
        async with asyncio.timeout(SENTENCE_TIMEOUT):
            await turn.until_response()
    except TimeoutError as err:
        raise RealtimeError(ErrorKind.SERVER, None, "No answer within 60 s") from err
    finally:
        turn.end()
