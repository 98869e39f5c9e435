"""The one way in which PCM enters and leaves PyAV, and how PyAV is left."""

import gc

import av
from av.audio.resampler import AudioResampler
from av.filter.graph import Graph

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


def release(user: object) -> None:
    """Give back what a resampler or an encoder holds of FFmpeg, some 100 kB.

    PyAV's graph and its filters hold each other, and the garbage collector, which
    would part them, counts objects and does not know how heavy these are. Whoever
    is released cannot be used any more.
    """
    for held in gc.get_referents(user):
        match held:
            case AudioResampler():
                release(held)
            case Graph():
                _part(held)


def _part(graph: Graph) -> None:
    """Let a graph know its filters no more."""
    for known in gc.get_referents(graph):
        if isinstance(known, dict):
            known.clear()
