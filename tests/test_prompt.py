"""Tests of the first words of a conversation."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.prompt import first_words, render_opening


def test_what_was_asked_for_comes_before_a_personas_lines(hass: HomeAssistant) -> None:
    """An empty line was asked for as well: the voice is to listen first."""
    assert first_words(hass, ["Boo!"], "Who is there?") == "Who is there?"
    assert first_words(hass, ["Boo!"], "") == ""


def test_a_persona_without_lines_greets_in_its_own_words(hass: HomeAssistant) -> None:
    """Nothing is made up for it."""
    assert first_words(hass, [], None) is None
    assert render_opening(None)


def test_every_line_of_a_persona_comes_up(hass: HomeAssistant) -> None:
    """Who rings twice is not greeted with the same words for ever."""
    lines = ["Boo!", "Who is there?", "Good {{ 'evening' }}!"]
    heard = {first_words(hass, lines, None) for _ in range(200)}
    assert heard == {"Boo!", "Who is there?", "Good evening!"}


def test_a_line_that_cannot_be_rendered_is_left_out(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor is greeted all the same, and the log says why."""
    assert first_words(hass, ["{{ 1 / 0 }}"], None) is None
    assert "First words cannot be rendered" in caplog.text
