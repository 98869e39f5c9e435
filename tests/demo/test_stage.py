"""Who speaks at the door follows from who listens, where nothing else is asked for."""

import pytest

from demo.stage import Options


@pytest.mark.parametrize(
    ("satellite", "speaker", "player_speaks", "rate"),
    [
        ("wyoming", "", True, 48000),
        ("wyoming", "satellite", False, 22050),
        ("esphome", "", False, 48000),
        ("esphome", "mpd", True, 48000),
    ],
)
def test_a_device_with_esphome_speaks_itself(
    satellite: str, speaker: str, player_speaks: bool, rate: int
) -> None:
    """A Wyoming satellite has a media player beside it; the card runs as it speaks."""
    options = Options(satellite=satellite, speaker=speaker)
    assert (options.has_player, options.card_rate) == (player_speaks, rate)
