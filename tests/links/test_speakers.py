"""What speakers that play one utterance after the other have in common."""

from collections.abc import Callable
import logging
from typing import Any

import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from tests.links import fake_player, test_wyoming_speaker
from tests.links.virtual_time import run

type Speaking = Callable[[], Any]


def of_player(speaker: Any) -> float:
    """Return how many ms wait for a media player, as MP3."""
    return float(speaker._queue[0].stream.length_ms)


def of_satellite(speaker: Any) -> float:
    """Return how many ms wait for a satellite."""
    return PCM_24K.ms_of(speaker._queue[0].waiting_bytes)


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    ("speaking", "waiting_ms", "within_ms"),
    [
        (fake_player.speaking, of_player, 100),
        (test_wyoming_speaker.speaking, of_satellite, 0),
    ],
    ids=["media player", "satellite"],
)
def test_more_than_five_minutes_at_once_are_dropped_with_one_warning(
    speaking: Speaking,
    waiting_ms: Callable[[Any], float],
    within_ms: float,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Memory is bounded whatever the service sends."""
    minute = bytes(PCM_24K.bytes_of(60_000))

    async def scenario() -> None:
        async with speaking() as (_, speaker, _listener):
            speaker.begin("a")
            for _ in range(8):
                speaker.write(minute)
            assert waiting_ms(speaker) == pytest.approx(300_000, abs=within_ms)

    run(scenario())
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1
