"""A turn's sound as files that can be played while they are still being made."""

from collections.abc import AsyncGenerator, AsyncIterator
import struct
from typing import Final

from ..audio.formats import PCM_24K, SAMPLE_WIDTH
from ..audio.mp3 import Mp3Encoder

WAV: Final = "wav"
MP3: Final = "mp3"
_UNKNOWN: Final = 0xFFFF_FFFF


async def encoded(extension: str, sound: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """Yield PCM s16le mono 24 kHz as WAV of unknown length, or else as MP3."""
    if extension == WAV:
        yield _wav_header()
        async for pcm in sound:
            yield pcm
        return
    encoder = Mp3Encoder()
    async for pcm in sound:
        if frames := encoder.push(pcm):
            yield frames
    if frames := encoder.flush():
        yield frames


def _wav_header() -> bytes:
    """Return the beginning of a WAV file whose end is not known."""
    rate, channels = PCM_24K.rate, PCM_24K.channels
    frame = PCM_24K.frame_bytes
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", _UNKNOWN, b"WAVE", b"fmt ", 16, 1, channels, rate),
        *(rate * frame, frame, 8 * SAMPLE_WIDTH, b"data", _UNKNOWN),
    )
