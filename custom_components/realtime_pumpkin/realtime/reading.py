"""Read texts aloud, word for word, in a session that has no microphone."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from .config import SessionConfig
from .connection import Connect
from .errors import ErrorKind, RealtimeError
from .turn_session import OnUsage, TurnSession
from .verbatim import is_verbatim, sentences

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

    A sentence is compared with its transcript before any of it is let out, and is
    read once more where it differs. Raises `RealtimeError` and `NotRead`.
    """
    session = await TurnSession.open(connect, config, on_usage)
    reader = asyncio.create_task(session.run())
    try:
        async for sentence in sentences(chunks):
            yield await _verbatim(session, sentence)
    finally:
        reader.cancel()
        await asyncio.wait([reader])


async def _verbatim(session: TurnSession, sentence: str) -> bytes:
    """Return a sentence's sound; raise `NotRead` where no try is like it."""
    for _ in range(TRIES):
        said, pcm = await _read_once(session, sentence)
        if pcm and is_verbatim(sentence, said):
            return pcm
    raise NotRead


async def _read_once(session: TurnSession, sentence: str) -> tuple[str, bytes]:
    """Return what was said, and its sound."""
    try:
        async with asyncio.timeout(SENTENCE_TIMEOUT):
            await session.tell([("user", sentence)])
            turn = await session.answer(is_spoken=True)
            await turn.until_response()
            turn.end()
    except TimeoutError as err:
        raise RealtimeError(ErrorKind.SERVER, None, "No answer within 60 s") from err
    return turn.text, b"".join([pcm async for pcm in turn.sound.read()])
