"""The show at a real satellite: what is heard and what is seen are one."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from demo.measure.light import Light
from demo.measure.report import Expectation, Measurement

from .conftest import Play, Scenario

WITHIN_MS = 80


@pytest.fixture(scope="module")
def show(play: Play) -> Scenario:
    """Play the visit."""
    return play("show")


@pytest.fixture(scope="module")
def figures(show: Scenario) -> dict[str, Any]:
    """Return the light's figures, computed anew from recording and events."""
    written = show.report("visit")
    expected = Expectation(**written["rig"]["expected"])
    light = Measurement.of_folder(show.folder / "visit", expected).light
    assert isinstance(light, Light)
    assert written["light"] == asdict(light.figures)
    return asdict(light.figures)


def test_every_check_of_the_show_holds(show: Scenario) -> None:
    """It sees, thunders, makes fog and says goodbye; Home Assistant's log is clean."""
    checks = show.report("visit")["checks"]
    assert [check for check in checks if not check["ok"]] == []


def test_heard_peaks_and_bright_peaks_are_within_80_ms(figures: dict[str, Any]) -> None:
    """In the middle of all peaks, by the sound card's clock and Home Assistant's."""
    assert figures["peaks"] >= 20
    assert figures["peak_ms"] <= WITHIN_MS


def test_the_light_as_a_whole_is_neither_early_nor_late(
    figures: dict[str, Any],
) -> None:
    """Both curves are most alike where neither is moved by more than that."""
    assert abs(figures["lag_ms"]) <= WITHIN_MS


def test_no_second_has_more_calls_than_were_chosen(
    show: Scenario, figures: dict[str, Any]
) -> None:
    """The last one, which blows the candle out, is among them."""
    assert figures["calls"] > 50
    chosen = show.report("visit")["rig"]["expected"]["light_calls"]
    assert figures["most_calls_in_a_second"] <= chosen


def test_the_jaw_has_no_more_than_the_usual_eight(show: Scenario) -> None:
    """It was chosen without a number of calls."""
    written = show.report("visit")["rig"]["expected"]
    expected = replace(Expectation(**written), light="number.jaw")
    jaw = Measurement.of_folder(show.folder / "visit", expected).light
    assert isinstance(jaw, Light)
    assert jaw.figures.calls > 50
    assert jaw.figures.most_calls_in_a_second <= 8


def test_candle_and_jaw_are_as_they_were(show: Scenario) -> None:
    """Out, and shut."""
    assert show.facts["candle"] == "off"
    assert float(show.facts["jaw"]) == 0
