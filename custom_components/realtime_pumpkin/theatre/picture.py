"""A camera's picture, made small enough to be shown to the model.

It is always written anew, so what a camera wrote beside it (the place, the time, its
serial number) stays in the house.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, cast

import av
from av.error import FFmpegError

MOST_SOURCE_BYTES: Final = 20 * 1024 * 1024
MOST_SOURCE_PIXELS: Final = 40_000_000
MOST_BYTES: Final = 180_000
"""As base64 that is less than 256 KiB, the smallest limit of any way to the service."""

# FFmpeg's scale of 2 (best) to 31; a picture full of noise takes the coarser ones.
_QUALITIES: Final = (4, 8, 16, 31)
_CODECS: Final[Mapping[bytes, str]] = {
    b"\xff\xd8\xff": "mjpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"RIFF": "webp",
}


class NotAPicture(ValueError):
    """What the camera gave is no picture, or more than anybody can look at."""


def shrink(content: bytes, longest_edge: int) -> bytes:
    """Return a JPEG, PNG or WebP as a JPEG with edges of so many pixels at most.

    It has at most 180 kB and is never made larger. Blocks for up to a second.
    Raises `NotAPicture`.
    """
    try:
        frame = _decoded(content)
        return _encoded(frame, *_size(frame.width, frame.height, longest_edge))
    except (FFmpegError, ValueError, MemoryError) as error:
        raise NotAPicture(str(error) or type(error).__name__) from error


def _decoded(content: bytes) -> av.VideoFrame:
    """Read a picture by the codec of its first bytes; nothing is guessed or fetched."""
    if len(content) > MOST_SOURCE_BYTES:
        raise NotAPicture(f"{len(content)} bytes are too many")
    names = (name for start, name in _CODECS.items() if content.startswith(start))
    if (name := next(names, None)) is None:
        raise NotAPicture("Neither JPEG nor PNG nor WebP")
    codec = cast("av.VideoCodecContext", av.CodecContext.create(name, "r"))
    codec.options = {"max_pixels": str(MOST_SOURCE_PIXELS)}
    frames = [*codec.decode(av.Packet(content)), *codec.decode(None)]
    if not frames:
        raise NotAPicture("There is nothing in it")
    return frames[0]


def _size(width: int, height: int, longest_edge: int) -> tuple[int, int]:
    """Return the edges of the small picture, which have to be even."""
    scale = min(1.0, longest_edge / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _encoded(frame: av.VideoFrame, width: int, height: int) -> bytes:
    """Return a JPEG, as fine as it may be large."""
    small = frame.reformat(width=width, height=height, format="yuvj420p")
    jpeg = b""
    for quality in _QUALITIES:
        codec = av.CodecContext.create("mjpeg", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuvj420p"
        codec.time_base = Fraction(1)
        codec.options = {"qmin": str(quality), "qmax": str(quality)}
        packets = [*codec.encode(small), *codec.encode(None)]
        jpeg = b"".join(map(bytes, packets))
        if len(jpeg) <= MOST_BYTES:
            return jpeg
    raise NotAPicture(f"{len(jpeg)} bytes are left of it")
