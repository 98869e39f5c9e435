"""Wake a speaker before it is needed: some take seconds for their first sound."""

from typing import Final

from ..audio.formats import PCM_24K
from .playing import async_play
from .protocols import AudioSink

SILENCE_MS: Final = 200
LONGEST_WAKING_S: Final = 8.0


async def async_wake(sink: AudioSink) -> None:
    """Play 200 ms of silence and close the speaker again.

    Raises `LinkError` where the speaker cannot be had; one that is slow is left
    to its waking after 8 s.
    """
    silence = bytes(PCM_24K.bytes_of(SILENCE_MS))
    await async_play(sink, silence, LONGEST_WAKING_S)
