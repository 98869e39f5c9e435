"""Tests of the frames of the native API."""

from hypothesis import given, strategies as st
import pytest

from demo.esphome_device.frames import Decoder, FrameError, encode, pb


@given(st.lists(st.binary(max_size=3000), max_size=5), st.integers(1, 700))
def test_messages_come_out_as_they_went_in(payloads: list[bytes], size: int) -> None:
    """However the bytes are cut on the way."""
    sent = [pb.VoiceAssistantAudio(data=payload) for payload in payloads]
    wire = b"".join(encode(message) for message in sent)
    decoder = Decoder()
    portions = [wire[at : at + size] for at in range(0, len(wire), size)]
    assert [got for part in portions for got in decoder.feed(part)] == sent


@pytest.mark.parametrize("data", [b"\x01\x00\x00", b"\x00\x00\xff\x7f"])
def test_other_bytes_are_refused(data: bytes) -> None:
    """An encrypted client, or a message that nobody knows."""
    with pytest.raises(FrameError):
        list(Decoder().feed(data))
