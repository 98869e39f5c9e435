"""Tests of the frames that a microphone's sound is sent in, read by websockets."""

from collections.abc import Generator

from hypothesis import given, strategies as st
import pytest
from websockets.frames import OP_TEXT, Frame
from websockets.streams import StreamReader

from custom_components.realtime_pumpkin.realtime.websocket import text_frame


def parsed(data: bytes) -> Frame:
    """Return the one frame that a server reads."""
    reader = StreamReader()
    reader.feed_data(data)
    parser: Generator[None, None, Frame] = Frame.parse(reader.read_exact, mask=True)
    with pytest.raises(StopIteration) as done:
        next(parser)
    reader.feed_eof()
    end = reader.at_eof()
    with pytest.raises(StopIteration) as is_over:
        next(end)
    assert is_over.value.value
    frame: Frame = done.value.value
    return frame


@given(st.binary(max_size=300))
def test_a_server_reads_what_was_framed(data: bytes) -> None:
    """Whatever it holds and however long it is."""
    assert parsed(text_frame(data)) == Frame(OP_TEXT, data)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 65537])
def test_each_length_is_written_as_its_rules_want(size: int) -> None:
    """In 7, 16 or 64 bits: as long as the library writes it."""
    data = bytes(index % 251 for index in range(size))
    assert parsed(text_frame(data)) == Frame(OP_TEXT, data)
    assert len(text_frame(data)) == len(Frame(OP_TEXT, data).serialize(mask=True))


def test_no_two_frames_have_the_same_mask() -> None:
    """Nobody can know it before: it protects what is between us and the server."""
    masks = {text_frame(b"")[2:6] for _ in range(50)}
    assert len(masks) > 40
