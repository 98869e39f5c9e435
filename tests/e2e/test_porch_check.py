"""The porch check finds what the rig knows: how late, how loud, whether at all."""

import re

import pytest

from custom_components.realtime_pumpkin.audio.mp3 import ENCODER_DELAY_MS

from .conftest import Play, Scenario
from .porch_checks import AIR_MS, ECHO_DB

CODEC_MS = {"satellite": 0.0, "mpd": ENCODER_DELAY_MS}
"""What a player plays before the first sample: no part of its latency."""

COLLECTS_MS = {"satellite": (0, 0), "mpd": (700, 1200)}
"""What a player wants to have before it begins; MPD wants about a second."""

CHIRPS = 3
WITHIN_MS = 30


@pytest.fixture(scope="module", params=list(CODEC_MS))
def speaker(request: pytest.FixtureRequest) -> str:
    """Return who speaks."""
    return str(request.param)


@pytest.fixture(scope="module")
def checked(play: Play, speaker: str) -> Scenario:
    """Check twice by the action, once by the button, then without an echo."""
    return play(f"porch-check-{speaker}")


def truths_ms(checked: Scenario, speaker: str) -> list[tuple[float, float, float]]:
    """Return how late the chirps of each check were heard, from the rig's clocks."""
    late = checked.facts["latencies_ms"]
    figures = [each + AIR_MS - CODEC_MS[speaker] for each in late]
    assert len(figures) % CHIRPS == 0, late
    return list(zip(*[iter(figures)] * CHIRPS, strict=True))


def test_the_latency_is_what_the_rig_measured(checked: Scenario, speaker: str) -> None:
    """From the first byte on the wire to the air, within 30 ms."""
    truths = truths_ms(checked, speaker)
    for found, (_, truth, _) in zip(checked.facts["answered"], truths, strict=False):
        assert found["latency_ms"] == pytest.approx(truth, abs=WITHIN_MS)


def test_the_button_finds_the_same_and_tells_it(
    checked: Scenario, speaker: str
) -> None:
    """In the words of its notification."""
    told = re.search(r"heard (\d+) ms after", checked.facts["told"])
    assert told, checked.facts["told"]
    (_, truth, _) = truths_ms(checked, speaker)[len(checked.facts["answered"])]
    assert int(told[1]) == pytest.approx(truth, abs=WITHIN_MS)
    assert "would hear itself" in checked.facts["told"]


def test_what_a_player_collects_is_found(checked: Scenario, speaker: str) -> None:
    """As much later as a chirp in real time is heard than one that is there."""
    least, most = COLLECTS_MS[speaker]
    truths = truths_ms(checked, speaker)
    for found, (_, at_once, slowly) in zip(
        checked.facts["answered"], truths, strict=False
    ):
        assert least <= found["prebuffer_ms"] <= most
        if most:
            waited = slowly - at_once
            assert found["prebuffer_ms"] == pytest.approx(waited, abs=100)


def test_the_echo_is_found(checked: Scenario) -> None:
    """As loud as the air lets it be."""
    for found in checked.facts["answered"]:
        assert found["echo_return_db"] == pytest.approx(ECHO_DB, abs=1.5)
        assert found["echo_cancelled"] is False
        assert found["threshold"] == 0.5


def test_without_an_echo_path_nothing_is_heard(checked: Scenario) -> None:
    """The chirps were played all the same: the rig heard them."""
    found = checked.facts["without"]
    assert found["echo_cancelled"] is True
    assert (found["latency_ms"], found["echo_return_db"]) == (None, None)
    assert len(checked.facts["latencies_ms"]) == CHIRPS * 4
