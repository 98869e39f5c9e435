"""Tests of what others announce at a player, as actions tell it."""

from collections.abc import Iterator
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.realtime_pumpkin.links.announcements import Announcements

PLAYER = "media_player.hall"


@pytest.fixture
def announcements(hass: HomeAssistant) -> Iterator[Announcements]:
    """Listen to what is announced."""
    listening = Announcements(hass)
    yield listening
    listening.close()


async def async_announce(hass: HomeAssistant) -> None:
    """Let somebody announce at a player, which then says that it plays."""
    async_mock_service(hass, "media_player", "play_media")
    hass.states.async_set(PLAYER, "playing")
    chime = {"media_content_id": "chime.mp3", "media_content_type": "music"}
    await hass.services.async_call(
        "media_player",
        "play_media",
        {"entity_id": PLAYER, "announce": True, **chime},
        blocking=True,
    )
    await hass.async_block_till_done()


async def async_pass(hass: HomeAssistant, seconds: float) -> None:
    """Let so many seconds have passed since now."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def test_a_player_is_free_once_it_plays_no_more(
    hass: HomeAssistant, announcements: Announcements
) -> None:
    """Not before it had a second to begin."""
    await async_announce(hass)
    hass.states.async_set(PLAYER, "idle")
    await hass.async_block_till_done()
    assert announcements.is_taken(PLAYER)
    await async_pass(hass, 1.5)
    assert not announcements.is_taken(PLAYER)


async def test_a_player_that_says_for_ever_that_it_plays_is_free_in_the_end(
    hass: HomeAssistant, announcements: Announcements
) -> None:
    """Under music it does so rightly."""
    await async_announce(hass)
    await async_pass(hass, 14)
    assert announcements.is_taken(PLAYER)
    await async_pass(hass, 16)
    assert not announcements.is_taken(PLAYER)
