"""Tests of how a light's following is measured, with every figure known."""

from dataclasses import replace

import pytest

from demo.measure.events import HouseEvent
from demo.measure.light import Light
from demo.measure.report import report
from tests.demo.builders import EXPECTED, Night, house_event, loud, silence

CANDLE = "light.candle"
SYLLABLES_MS = range(3000, 15000, 700)


def night(late_ms: float, calls_per_syllable: int = 2) -> Night:
    """Return a visit whose candle shines with each syllable, so much later."""
    night = Night(expected=replace(EXPECTED, light=CANDLE))
    night.speaker = silence(20)
    before, place = "off", 0.0
    for start in SYLLABLES_MS:
        loud(night.speaker, start, start + 50)
        for call in range(calls_per_syllable):
            at = start + 25 + late_ms + call * 60
            brightness = 250 if call == 0 else 30
            night.events.append(changed(at, "on", before, brightness))
            night.events.append(called(at))
            before, place = "on", at
    night.events.append(changed(place + 500, "off", "on"))
    return night


def changed(at_ms: float, new: str, old: str, brightness: int = 0) -> HouseEvent:
    """Return a state change of the candle."""
    return house_event(
        "state_changed",
        at_ms,
        entity_id=CANDLE,
        old_state={"state": old, "attributes": {}},
        new_state={"state": new, "attributes": {"brightness": brightness}},
    )


def called(at_ms: float) -> HouseEvent:
    """Return a call for the candle."""
    return house_event(
        "call_service",
        at_ms,
        domain="light",
        service="turn_on",
        service_data={"entity_id": CANDLE},
    )


def light(night: Night) -> Light:
    """Return the candle of a visit."""
    found = night.measured().light
    assert found is not None
    return found


@pytest.mark.parametrize("late_ms", [-200, -60, 0, 60, 200])
def test_peaks_are_as_far_apart_as_they_were_made(late_ms: float) -> None:
    """And the curves are most alike where one is moved by as much."""
    figures = light(night(late_ms)).figures
    assert figures.peaks == len(SYLLABLES_MS)
    assert figures.peak_ms == pytest.approx(abs(late_ms), abs=30)
    assert figures.lag_ms == pytest.approx(late_ms, abs=40)


def test_the_busiest_second_is_found() -> None:
    """Calls that lie a second apart are not in one."""
    figures = light(night(0, calls_per_syllable=5)).figures
    assert figures.calls == 5 * len(SYLLABLES_MS)
    assert figures.most_calls_in_a_second == 10


@pytest.mark.parametrize(
    ("late_ms", "calls", "failed"),
    [
        (0, 2, set()),
        (200, 2, {"the light follows what is heard"}),
        (0, 5, {"the light is not called too often"}),
    ],
)
def test_a_light_that_does_not_follow_is_told(
    late_ms: float, calls: int, failed: set[str]
) -> None:
    """By a check of its own."""
    checks = report(night(late_ms, calls).measured())["checks"]
    lit = [check for check in checks if "light" in check["name"]]
    assert len(lit) == 3
    assert {check["name"] for check in lit if not check["ok"]} == failed


def test_a_light_that_stays_on_is_told() -> None:
    """It was off before."""
    left = night(0)
    left.events.pop()
    checks = report(left.measured())["checks"]
    [check] = [check for check in checks if check["name"] == "the light is as it was"]
    assert not check["ok"]
