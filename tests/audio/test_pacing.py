"""Tests of the arithmetic of pace."""

from hypothesis import given, strategies as st
import pytest

from custom_components.realtime_pumpkin.audio.pacing import Pacer

STEPS = st.lists(
    st.tuples(st.floats(0, 3), st.floats(0.1, 400)), min_size=1, max_size=40
)


class IdealPlayer:
    """Play what comes, sample by sample, the slow way."""

    def __init__(self, latency_ms: float) -> None:
        """Start without sound."""
        self.latency_s = latency_ms / 1000
        self.parts: list[tuple[float, float]] = []

    def take(self, ms: float, now: float) -> None:
        """Queue sound behind what still plays."""
        start = max([now, *(begin + length / 1000 for begin, length in self.parts)])
        self.parts.append((start, ms))

    def heard_ms(self, now: float) -> float:
        """Add up what was played until a latency ago."""
        until = now - self.latency_s
        return sum(
            min(length, max(0.0, (until - begin) * 1000))
            for begin, length in self.parts
        )


@given(steps=STEPS, lead_ms=st.floats(50, 2000))
def test_a_pacer_never_sends_further_ahead_than_its_lead(
    steps: list[tuple[float, float]], lead_ms: float
) -> None:
    """What an ideal player has yet to play stays within the lead."""
    pacer, player, now = Pacer(lead_ms), IdealPlayer(0), 100.0
    for wait, wish in steps:
        now += wait
        ms = min(wish, pacer.room_ms(now))
        if ms > 0:
            pacer.sent(ms, now)
            player.take(ms, now)
        ahead = pacer.sent_ms - player.heard_ms(now)
        assert ahead <= lead_ms + 1e-6


@given(steps=STEPS, latency_ms=st.floats(0, 1500))
def test_heard_never_falls_nor_passes_what_was_sent(
    steps: list[tuple[float, float]], latency_ms: float
) -> None:
    """Whatever the gaps, heard grows from nothing to what was sent."""
    pacer, now, before = Pacer(1000, latency_ms), 100.0, 0.0
    for wait, ms in steps:
        now += wait
        assert before <= pacer.heard_ms(now) + 1e-6
        pacer.sent(ms, now)
        before = pacer.heard_ms(now)
        assert before <= pacer.sent_ms + 1e-6
    end = pacer.heard_to_end_at
    assert end is not None
    assert pacer.heard_ms(end + 1e-6) == pytest.approx(pacer.sent_ms)


@given(steps=STEPS)
def test_heard_is_what_an_ideal_player_has_played(
    steps: list[tuple[float, float]],
) -> None:
    """Also after the stream ran dry."""
    pacer, player, now = Pacer(1000), IdealPlayer(0), 100.0
    for wait, ms in steps:
        now += wait
        assert pacer.heard_ms(now) == pytest.approx(player.heard_ms(now), abs=1e-3)
        pacer.sent(ms, now)
        player.take(ms, now)


def test_a_speakers_latency_delays_all_that_is_heard() -> None:
    """300 ms late, the first sample and every one after it."""
    pacer = Pacer(2000, 300)
    pacer.sent(1000, 10.0)
    assert pacer.audible_at == pytest.approx(10.3)
    assert pacer.heard_ms(10.3) == pytest.approx(0)
    assert pacer.heard_ms(10.8) == pytest.approx(500)
    assert pacer.heard_to_end_at == pytest.approx(11.3)


def test_what_the_player_still_plays_is_heard_first() -> None:
    """After an interruption the next stream waits for the rest of the last."""
    pacer = Pacer(200, 0, busy_until=10.15)
    assert pacer.room_ms(10.0) == pytest.approx(50)
    pacer.sent(50, 10.0)
    assert pacer.audible_at == pytest.approx(10.15)
    assert pacer.heard_ms(10.15) == pytest.approx(0)
    assert pacer.heard_ms(10.2) == pytest.approx(50)


def test_a_pacer_says_when_there_will_be_room_again() -> None:
    """With 200 ms ahead, 40 ms more have room 40 ms later."""
    pacer = Pacer(200)
    pacer.sent(200, 5.0)
    assert pacer.room_at(40, 5.0) == pytest.approx(5.04)
    assert pacer.room_ms(5.04) == pytest.approx(40)


@given(steps=STEPS, wanted_ms=st.floats(0.1, 50), began=st.floats(0, 1e6))
def test_there_is_room_when_the_pacer_says_there_will_be(
    steps: list[tuple[float, float]], wanted_ms: float, began: float
) -> None:
    """Else who waits until then finds that it is almost then, over and over."""
    pacer, now = Pacer(200), began
    for waited, ms in steps:
        now += waited
        pacer.sent(ms, now)
    assert pacer.room_ms(pacer.room_at(wanted_ms, now)) >= wanted_ms


def test_nothing_is_heard_of_a_stream_that_was_never_sent() -> None:
    """Neither a beginning nor an end."""
    pacer = Pacer(200, 100)
    assert pacer.heard_ms(50.0) == 0
    assert pacer.audible_at is None
    assert pacer.heard_to_end_at is None


def test_a_player_that_collects_first_is_heard_when_it_has_enough() -> None:
    """Counted from when it got the last of that; all of it is yet to be played."""
    pacer = Pacer(2000, 100, prebuffer_ms=1000)
    pacer.sent(600, 10.0)
    assert pacer.audible_at is None
    assert pacer.heard_ms(10.4) == 0
    assert pacer.room_ms(10.4) == pytest.approx(1400)
    pacer.sent(600, 10.5)
    assert pacer.audible_at == pytest.approx(10.6)
    assert pacer.heard_ms(11.1) == pytest.approx(500)
    assert pacer.heard_to_end_at == pytest.approx(11.8)


def test_a_player_that_collects_begins_with_what_there_is() -> None:
    """Where no more comes; once it has begun nothing changes that."""
    pacer = Pacer(2000, 100, prebuffer_ms=1000)
    pacer.sent_all(9.0)
    assert pacer.audible_at is None
    pacer.sent(600, 10.0)
    pacer.sent_all(10.2)
    pacer.sent_all(12.0)
    assert pacer.audible_at == pytest.approx(10.3)
    assert pacer.heard_to_end_at == pytest.approx(10.9)
