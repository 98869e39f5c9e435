"""Tests of frames."""

from hypothesis import given, strategies as st

from custom_components.realtime_pumpkin.audio.framing import Framer
from tests.audio.signals import cut


@given(
    data=st.binary(max_size=400),
    unit=st.integers(1, 20),
    factor=st.integers(1, 5),
    sizes=st.lists(st.integers(1, 90), min_size=1, max_size=5),
)
def test_frames_are_multiples_of_the_unit_and_lose_nothing(
    data: bytes, unit: int, factor: int, sizes: list[int]
) -> None:
    """Only what does not fill a unit is held back."""
    framer = Framer(unit, unit * factor)
    frames = [frame for piece in cut(data, sizes) for frame in framer.push(piece)]
    whole = len(data) - len(data) % unit
    assert b"".join(frames) == data[:whole]
    assert all(frame and len(frame) % unit == 0 for frame in frames)
    assert all(len(frame) <= unit * factor for frame in frames)


def test_what_is_complete_leaves_at_once_in_as_few_frames_as_possible() -> None:
    """64 of a unit of 20 and at most 100 give one frame of 60."""
    framer = Framer(20, 100)
    assert [len(frame) for frame in framer.push(bytes(64))] == [60]
    assert [len(frame) for frame in framer.push(bytes(236))] == [100, 100, 40]
