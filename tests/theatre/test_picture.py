"""Tests of pictures that are made small."""

from fractions import Fraction
from typing import cast

import av
import numpy as np
import pytest

from custom_components.realtime_pumpkin.theatre import picture as module
from custom_components.realtime_pumpkin.theatre.picture import NotAPicture, shrink

NOISE = np.random.default_rng(31).integers(0, 255, (540, 960, 3), dtype=np.uint8)


def encoded(pixels: np.ndarray, codec: str = "mjpeg") -> bytes:
    """Return RGB pixels as a picture of a codec."""
    pixel_format = {"mjpeg": "yuvj420p", "png": "rgb24"}[codec]
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    context = av.CodecContext.create(codec, "w")
    context.width, context.height = frame.width, frame.height
    context.pix_fmt, context.time_base = pixel_format, Fraction(1)
    packets = [*context.encode(frame.reformat(format=pixel_format)), *context.encode()]
    return b"".join(map(bytes, packets))


def size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG."""
    codec = cast("av.VideoCodecContext", av.CodecContext.create("mjpeg", "r"))
    [frame] = codec.decode(av.Packet(jpeg))
    return frame.width, frame.height


@pytest.mark.parametrize("codec", ["mjpeg", "png"])
@pytest.mark.parametrize(
    ("shape", "edges"),
    [((540, 960), (768, 432)), ((960, 540), (432, 768)), ((100, 60), (60, 100))],
    ids=["wide", "high", "small"],
)
def test_a_picture_keeps_its_proportions_and_is_never_enlarged(
    codec: str, shape: tuple[int, int], edges: tuple[int, int]
) -> None:
    """The longer edge is as long as it may be."""
    made = shrink(encoded(np.zeros((*shape, 3), np.uint8), codec), 768)
    assert made.startswith(b"\xff\xd8\xff")
    assert size(made) == edges


def test_a_picture_that_is_hard_to_pack_is_still_small() -> None:
    """Noise at the largest size, as on a dark porch."""
    made = shrink(encoded(np.tile(NOISE, (3, 3, 1)), "png"), 2048)
    assert len(made) <= 180_000
    assert size(made) == (2048, 1152)


def test_what_is_seen_is_what_is_sent() -> None:
    """Colours survive: a pumpkin stays orange."""
    orange = np.full((200, 300, 3), (230, 120, 20), np.uint8)
    codec = cast("av.VideoCodecContext", av.CodecContext.create("mjpeg", "r"))
    [frame] = codec.decode(av.Packet(shrink(encoded(orange), 256)))
    mean = frame.to_ndarray(format="rgb24").mean(axis=(0, 1))
    assert mean == pytest.approx((230, 120, 20), abs=6)


def test_what_a_camera_wrote_beside_the_picture_stays_in_the_house() -> None:
    """A comment, as Exif is one: the place, the time, the owner."""
    jpeg = encoded(NOISE)
    secret = b"Exif\x00\x00 10 Privet Drive"
    segment = b"\xff\xe1" + (len(secret) + 2).to_bytes(2) + secret
    assert b"Privet" not in shrink(jpeg[:2] + segment + jpeg[2:], 768)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Unauthorized</html>",
        b"#EXTM3U\nhttp://elsewhere/picture.jpg",
        b"\xff\xd8\xff",
        encoded(NOISE)[:300],
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"RIFF" + bytes(100),
        b"\xff\xd8\xff" + bytes(module.MOST_SOURCE_BYTES),
    ],
    ids=["empty", "html", "list", "head", "cut", "png", "riff", "heavy"],
)
def test_what_is_no_picture_is_said_to_be_none(content: bytes) -> None:
    """No other error gets out."""
    with pytest.raises(NotAPicture):
        shrink(content, 768)


def test_a_picture_of_too_many_pixels_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A few bytes may claim to be gigabytes."""
    monkeypatch.setattr(module, "MOST_SOURCE_PIXELS", 500 * 900)
    with pytest.raises(NotAPicture):
        shrink(encoded(NOISE, "png"), 768)
