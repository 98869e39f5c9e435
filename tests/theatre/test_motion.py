"""Tests of when a thing is moved, and how far, in no time at all."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.realtime_pumpkin.staging import LevelTarget
from custom_components.realtime_pumpkin.theatre.flicker import Flicker
from custom_components.realtime_pumpkin.theatre.motion import LOOKS_AHEAD, Motion

STEP_S = 0.04
# Silence, a syllable, silence, a louder one, silence.
SYLLABLES = [0.0] * 6 + [0.2, 0.5, 0.7, 0.4, 0.1] + [0.0] * 5 + [0.4, 0.9, 1.0, 0.3]
SYLLABLES += [0.0] * 10


def as_it_is(level: float, _held: float) -> float:
    """Place a thing at the level itself."""
    return level


def motion(**options: float) -> Motion:
    """Return how a thing moves that follows at once unless told otherwise."""
    target = LevelTarget("light.candle", **{"release_ms": 0, **options})  # type: ignore[arg-type]
    return Motion(target, as_it_is)


def calls(
    moving: Motion, levels: list[float], looks_ahead: int = LOOKS_AHEAD
) -> list[tuple[float, float]]:
    """Return when a thing was moved (seconds), and how far."""
    moved = []
    for at in range(len(levels)):
        now = at * STEP_S
        place = moving.step(now, levels[at : at + looks_ahead])
        if place is not None:
            moved.append((now, place))
    return moved


@given(
    rate=st.integers(1, 25),
    levels=st.lists(st.floats(0, 1), min_size=1, max_size=300),
    late=st.lists(st.floats(0, 0.2), min_size=300, max_size=300),
    looks_ahead=st.integers(1, LOOKS_AHEAD),
)
def test_no_second_has_more_calls_than_were_chosen(
    rate: int, levels: list[float], late: list[float], looks_ahead: int
) -> None:
    """Whatever is heard, however late the timer comes, in any second."""
    moving = motion(calls_per_second=rate)
    times, now = [], 0.0
    for at, delay in zip(range(len(levels)), late, strict=False):
        now = max(now + STEP_S, at * STEP_S + delay)
        if moving.step(now, levels[at : at + looks_ahead]) is not None:
            times.append(now)
    for first, beyond in zip(times, times[rate:], strict=False):
        assert beyond - first > 1


@pytest.mark.parametrize("rate", [8, 25])
def test_the_loudest_moment_is_the_brightest(rate: int) -> None:
    """Each syllable's peak is met to 40 ms, though few calls are made."""
    moved = calls(motion(calls_per_second=rate), SYLLABLES)
    for peak, first, last in ((8, 0, 12), (18, 12, 30)):
        near = [(place, now) for now, place in moved if first <= now / STEP_S < last]
        brightest, at = max(near)
        assert at == pytest.approx(peak * STEP_S, abs=STEP_S + 1e-6)
        assert brightest >= SYLLABLES[peak] * 0.7


def test_it_comes_to_rest_between_two_syllables() -> None:
    """And after the last one."""
    moved = calls(motion(calls_per_second=8), SYLLABLES)
    between = [place for now, place in moved if 8 * STEP_S < now < 16 * STEP_S]
    assert min(between) <= 0.1
    assert moved[-1][1] == 0.0


def test_without_knowing_what_comes_it_follows_late_but_it_follows() -> None:
    """As with what a visitor says, here slowly."""
    slow = [level for level in SYLLABLES for _ in range(3)]
    moved = calls(motion(calls_per_second=8), slow, looks_ahead=1)
    assert max(place for _, place in moved) >= 0.9
    assert moved[-1][1] == 0.0


def test_a_level_that_stays_costs_one_call() -> None:
    """Devices are spared."""
    assert calls(motion(), [0.5] * 100) == [(0.0, 0.5)]


def test_a_change_that_nobody_sees_costs_no_call() -> None:
    """A hundredth more or less is none."""
    assert len(calls(motion(), [0.5, 0.51, 0.49, 0.505] * 20)) == 1


def test_attack_and_release_take_their_time() -> None:
    """Two thirds of the way are done when it has passed."""
    moving = motion(attack_ms=200, release_ms=400, calls_per_second=25)
    moved = dict(calls(moving, [1.0] * 25 + [0.0] * 25))
    rising = max(place for now, place in moved.items() if now < 5 * STEP_S)
    falling = min(place for now, place in moved.items() if STEP_S * 25 <= now < 1.38)
    assert rising == pytest.approx(0.63, abs=0.05)
    assert falling == pytest.approx(0.37, abs=0.08)


def test_a_slow_device_gets_the_newest_place_only() -> None:
    """What was due while it was busy is past."""
    moving = motion(calls_per_second=25)
    assert moving.step(0.0, [0.2]) == 0.2
    for at in range(1, 10):
        assert moving.step(at * STEP_S, [at / 10], may_move=False) is None
    assert moving.step(0.4, [0.95]) == 0.95


def test_nothing_known_moves_nothing() -> None:
    """The thing waits where it is for the rest of the sound."""
    moving = motion()
    assert moving.step(0.0, [0.5]) == 0.5
    assert moving.step(1.0, []) is None


def test_a_flame_flickers_the_same_for_each_seed_and_never_stands_still() -> None:
    """One to five times a second, and two candles not alike."""
    times = [at * STEP_S for at in range(2500)]
    flame = [Flicker(7).at(now) for now in times]
    assert flame == [Flicker(7).at(now) for now in times]
    assert flame != [Flicker(8).at(now) for now in times]
    assert 0 <= min(flame) < 0.2
    assert 0.8 < max(flame) <= 1
    changes = sum(one != other for one, other in pairwise(flame))
    assert 100 <= changes <= 500
