"""Wake a speaker before it is needed: some take seconds for their first sound."""

import asyncio
from typing import Final

from ..audio.formats import PCM_24K
from .protocols import AudioSink

SILENCE_MS: Final = 200
LONGEST_WAKING_S: Final = 8.0


class _Waking:
    """Wait for the end of a silent utterance."""

    def __init__(self) -> None:
        """Start before it was heard."""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def audio_started(self, utterance: str) -> None:
        """Take note of nothing: silence cannot be heard."""

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Be done."""
        if not self.over.done():
            self.over.set_result(None)

    def audio_failed(self, error: Exception) -> None:
        """Fail as the speaker did."""
        if not self.over.done():
            self.over.set_exception(error)


async def async_wake(sink: AudioSink) -> None:
    """Play 200 ms of silence and close the speaker again.

    Raises `LinkError` where the speaker cannot be had; one that is slow is left
    to its waking after 8 s.
    """
    silence = bytes(PCM_24K.bytes_of(SILENCE_MS))
    await async_play_once(sink, silence, LONGEST_WAKING_S)


async def async_play_once(sink: AudioSink, pcm: bytes, longest_s: float) -> None:
    """Play PCM s16le mono 24 kHz on a closed speaker and close it again.

    Raises `LinkError` where the speaker cannot be had; one that is slow is left
    alone after `longest_s`.
    """
    waking = _Waking()
    try:
        await sink.open(waking)
        sink.begin("wake")
        sink.write(pcm)
        sink.finish()
        await asyncio.wait([waking.over], timeout=longest_s)
        if waking.over.done():
            waking.over.result()
    finally:
        waking.over.cancel()
        await sink.close()
