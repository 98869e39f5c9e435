"""Read any sound file or stream."""

from collections.abc import Iterator
from typing import Final

import av
from av.error import FFmpegError

from .formats import PCM_24K
from .pyav import pcm_bytes, release

TIMEOUT_S: Final = 10.0


def decode(place: str, longest_ms: int) -> bytes:
    """Return the sound at a path or URL as PCM s16le mono 24 kHz; blocks.

    Longer ones are cut. Raises `OSError` or `ValueError` where there is no
    sound that can be read, and where a server says nothing for 10 s.
    """
    pcm = bytearray()
    try:
        with av.open(place, timeout=TIMEOUT_S) as container:
            for piece in _pieces(container):
                pcm += piece
                if len(pcm) >= PCM_24K.bytes_of(longest_ms):
                    break
    except FFmpegError as error:
        raise OSError(str(error.strerror)) from error
    return bytes(pcm[: PCM_24K.bytes_of(longest_ms)])


def _pieces(container: av.container.InputContainer) -> Iterator[bytes]:
    """Yield the first audio stream piece by piece."""
    if not container.streams.audio:
        raise ValueError("There is no sound in it")
    resampler = av.AudioResampler("s16", "mono", PCM_24K.rate)
    try:
        for frame in container.decode(audio=0):
            yield from map(pcm_bytes, resampler.resample(frame))
        yield from map(pcm_bytes, resampler.resample(None))
    finally:
        release(resampler)
