"""Tests of MP3 that is played while it is made."""

import av
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.audio.mp3 import (
    BYTES_PER_MS,
    ENCODER_DELAY_MS,
    FRAME_BYTES,
    Mp3Encoder,
)
from custom_components.realtime_pumpkin.audio.pyav import pcm_bytes
from tests.audio.signals import cut, noise, offset_and_likeness


def encode(pcm: bytes, sizes: list[int]) -> bytes:
    """Encode PCM in pieces of the given sizes."""
    encoder = Mp3Encoder()
    pieces = [encoder.push(piece) for piece in cut(pcm, sizes)]
    return b"".join(pieces) + encoder.flush()


def decode(mp3: bytes) -> bytes:
    """Decode MP3 as a player does, to PCM s16le mono 24 kHz."""
    decoder = av.CodecContext.create("mp3", "r")
    resampler = av.AudioResampler(format="s16", layout="mono", rate=24_000)
    packets = [*decoder.parse(mp3), *decoder.parse(b"")]
    frames = [frame for packet in packets for frame in decoder.decode(packet)]
    return b"".join(
        pcm_bytes(s16) for frame in frames for s16 in resampler.resample(frame)
    )


def test_what_was_said_is_heard_whole_after_the_encoders_delay() -> None:
    """Decoded, two seconds of noise lie where the delay says."""
    said = noise(24_000, 2000)
    heard = decode(encode(said, [4800]))
    place, likeness = offset_and_likeness(heard, said)
    assert place * 1000 / 24_000 == pytest.approx(ENCODER_DELAY_MS, abs=0.1)
    assert likeness > 0.95
    assert len(heard) >= len(said) + 2 * place


@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_how_speech_is_cut_changes_nothing(sizes: list[int]) -> None:
    """Pieces of any size, odd ones too, give the same MP3."""
    said = noise(24_000, 300)
    assert encode(said, sizes) == encode(said, [len(said)])


def test_bytes_tell_the_time_because_every_frame_has_the_same_size() -> None:
    """Eight bytes a millisecond, in frames of 24 ms that all begin with a sync."""
    mp3 = encode(noise(24_000, 1500), [960])
    starts = [mp3[at : at + 2] for at in range(0, len(mp3), FRAME_BYTES)]
    assert set(starts) == {b"\xff\xf3"}
    heard_ms = PCM_24K.ms_of(len(decode(mp3)))
    assert heard_ms == pytest.approx(len(mp3) / BYTES_PER_MS, abs=25)


@pytest.mark.parametrize("pushes", [1, 3, 10])
def test_what_was_returned_so_far_can_be_decoded_at_once(pushes: int) -> None:
    """A player need not wait for the end to hear the beginning."""
    encoder = Mp3Encoder()
    said = noise(24_000, 50 * pushes)
    mp3 = b"".join(encoder.push(piece) for piece in cut(said, [48 * 50]))
    assert mp3
    assert len(mp3) % FRAME_BYTES == 0
    decoded_ms = PCM_24K.ms_of(len(decode(mp3)))
    assert decoded_ms == pytest.approx(len(mp3) / BYTES_PER_MS, abs=1)
    assert 50 * pushes - decoded_ms <= ENCODER_DELAY_MS


def test_a_delta_of_fifty_milliseconds_gives_the_first_frame() -> None:
    """The service's first delta starts the player."""
    assert Mp3Encoder().push(noise(24_000, 50))


def test_no_frame_borrows_from_another() -> None:
    """Cut anywhere at a frame, what follows decodes to the same sound."""
    said = noise(24_000, 1000)
    mp3 = encode(said, [4800])
    late = decode(mp3[10 * FRAME_BYTES :])
    _, likeness = offset_and_likeness(said, late[4800 : 4800 + 24_000])
    assert likeness > 0.95


def test_speech_shorter_than_a_frame_is_not_lost() -> None:
    """Ten milliseconds come out of the flush."""
    said = noise(24_000, 10)
    _, likeness = offset_and_likeness(decode(encode(said, [480])), said)
    assert likeness > 0.9
