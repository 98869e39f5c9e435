"""The one way in which PCM enters and leaves PyAV."""

import av

from .formats import SAMPLE_WIDTH


def audio_frame(pcm: bytes, rate: int) -> av.AudioFrame:
    """Return a frame of mono PCM s16le of `rate` Hz."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(pcm) // SAMPLE_WIDTH)
    frame.planes[0].update(pcm)
    frame.sample_rate = rate
    return frame


def pcm_bytes(frame: av.AudioFrame) -> bytes:
    """Return a frame of mono s16 as PCM, without the padding of its plane."""
    return bytes(memoryview(frame.planes[0])[: frame.samples * SAMPLE_WIDTH])
