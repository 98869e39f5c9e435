"""What a voice changes at a media player, and that it comes back in every case."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.links.player import MediaPlayer
from custom_components.realtime_pumpkin.links.stay import Stay
from custom_components.realtime_pumpkin.loans import (
    Loans,
    async_get_loans,
    async_setup_loans,
)
from tests.links.lender import MUSIC, PLAYER, RADIO, House, house_fixture  # noqa: F401

KEY = f"{DOMAIN}.loans"
OURS = "http://10.0.0.2:8123/api/realtime_pumpkin/audio/x.mp3?v=1"


def stay(hass: HomeAssistant, loans: Loans, volume: int | None = 60) -> Stay:
    """Return what a voice would borrow of the player."""
    return Stay(loans, MediaPlayer(hass, PLAYER), volume)


def crashed(kind: str, old: str, ours: str, **ago: float) -> dict[str, Any]:
    """Return a store as a crash leaves it."""
    since = (dt_util.utcnow() - timedelta(**ago)).isoformat()
    loan = {"kind": kind, "entity_id": PLAYER, "old": old, "ours": ours, "since": since}
    return {"version": 1, "minor_version": 1, "key": KEY, "data": [loan]}


async def test_the_volume_is_the_voices_for_a_while_and_on_the_disk_before(
    hass: HomeAssistant, house: House, hass_storage: dict[str, Any]
) -> None:
    """Whatever happens next, it is known what it was."""
    loans = Loans(hass)
    visit = stay(hass, loans)
    await visit.async_begin()
    assert house.volumes == [0.6]
    assert [loan["old"] for loan in hass_storage[KEY]["data"]] == ["0.3"]
    await visit.async_end()
    assert house.volumes == [0.6, 0.3]
    assert hass_storage[KEY]["data"] == []


async def test_a_volume_that_a_person_has_set_meanwhile_stays(
    hass: HomeAssistant, house: House
) -> None:
    """They had their reasons."""
    loans = Loans(hass)
    visit = stay(hass, loans)
    await visit.async_begin()
    house.be("playing", volume_level=0.45)
    await visit.async_end()
    assert house.volumes == [0.6]
    assert loans.open == ()


async def test_a_volume_that_is_still_on_its_way_is_given_back_as_well(
    hass: HomeAssistant, house: House
) -> None:
    """Devices tell later than they are told."""
    visit = stay(hass, Loans(hass))
    await visit.async_begin()
    house.be("idle", volume_level=0.3)
    await visit.async_end()
    assert house.volumes == [0.6, 0.3]


@pytest.mark.parametrize(
    ("volume", "features", "shown"),
    [
        (None, Feature.VOLUME_SET, 0.3),
        (60, Feature(0), 0.3),
        (60, Feature.VOLUME_SET, None),
        (30, Feature.VOLUME_SET, 0.3),
    ],
)
async def test_what_is_not_asked_for_or_not_known_is_left_as_it_is(
    hass: HomeAssistant,
    house: House,
    volume: int | None,
    features: Feature,
    shown: float | None,
) -> None:
    """No volume chosen, none that can be set, none that could be restored."""
    house.features = features
    house.be("idle", volume_level=shown)
    loans = Loans(hass)
    await stay(hass, loans, volume).async_begin()
    assert house.volumes == []
    assert loans.open == ()


async def test_a_player_that_refuses_a_volume_is_spoken_through_all_the_same(
    hass: HomeAssistant, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """A visitor at the door matters more."""
    house.is_broken = True
    loans = Loans(hass)
    await stay(hass, loans).async_begin()
    assert loans.open == ()
    assert "The volume of media_player.porch was not changed" in caplog.text


async def test_a_player_that_was_switched_off_gets_its_volume_when_it_is_back(
    hass: HomeAssistant, house: House
) -> None:
    """Players that are off show none."""
    loans = Loans(hass)
    visit = stay(hass, loans)
    await visit.async_begin()
    ours = house.attributes["volume_level"]
    house.be("off", volume_level=None)
    await visit.async_end()
    assert house.volumes == [0.6]
    house.be("idle", volume_level=ours)
    await hass.async_block_till_done()
    assert house.volumes == [0.6, 0.3]
    assert loans.open == ()


async def test_a_player_that_was_lost_unseen_is_told_again_when_it_is_back(
    hass: HomeAssistant, house: House
) -> None:
    """Home Assistant notices late that nobody hears what it says."""
    loans = Loans(hass)
    visit = stay(hass, loans)
    await visit.async_begin()
    house.is_deaf = True
    await visit.async_end()
    assert house.volumes == [0.6, 0.3]
    house.be("idle", media_title="Still as loud as the voice")
    await hass.async_block_till_done()
    assert house.volumes == [0.6, 0.3]
    house.be("unavailable", volume_level=None)
    house.is_deaf = False
    house.be("idle", volume_level=0.6)
    await hass.async_block_till_done()
    assert house.volumes == [0.6, 0.3, 0.3]
    assert loans.open == ()


async def test_a_player_that_shows_its_volume_later_is_told_once(
    hass: HomeAssistant, house: House
) -> None:
    """Some are asked every ten seconds how they are."""
    loans = Loans(hass)
    visit = stay(hass, loans)
    await visit.async_begin()
    house.is_deaf = True
    await visit.async_end()
    house.be("idle", volume_level=0.3)
    await hass.async_block_till_done()
    assert house.volumes == [0.6, 0.3]
    assert loans.open == ()


async def test_a_volume_that_a_crash_left_is_given_back_at_set_up(
    hass: HomeAssistant, house: House, hass_storage: dict[str, Any]
) -> None:
    """However long it took to come back, and by a player that no registry knows."""
    house.be("idle", volume_level=0.6)
    hass_storage[KEY] = crashed("volume", "0.3", "0.6", days=2)
    await async_setup_loans(hass)
    assert house.volumes == [0.3]
    assert hass_storage[KEY]["data"] == []


async def test_a_stop_of_home_assistant_gives_the_volume_back(
    hass: HomeAssistant, house: House, hass_storage: dict[str, Any]
) -> None:
    """Before states are saved; the music waits for the conversation's end."""
    house.be("playing", **MUSIC)
    await async_setup_loans(hass)
    await stay(hass, async_get_loans(hass)).async_begin()
    await hass.async_stop(force=True)
    assert house.volumes == [0.6, 0.3]
    assert [loan["kind"] for loan in hass_storage[KEY]["data"]] == ["music"]


@pytest.mark.parametrize("after", ["idle", "paused", "playing"])
async def test_music_that_was_interrupted_plays_again(
    hass: HomeAssistant, house: House, after: str
) -> None:
    """When the voice is silent, or its last sound is all that plays."""
    house.be("playing", **MUSIC)
    visit = stay(hass, Loans(hass), None)
    await visit.async_begin()
    house.be(after, media_content_id=OURS)
    await visit.async_end()
    assert house.played == [RADIO]


@pytest.mark.parametrize(
    ("state", "content"),
    [("playing", "https://radio.example/other.mp3"), ("playing", RADIO), ("off", OURS)],
)
async def test_a_player_that_somebody_used_meanwhile_is_left_alone(
    hass: HomeAssistant, house: House, state: str, content: str
) -> None:
    """Something new plays, the music plays still, or it was switched off."""
    house.be("playing", **MUSIC)
    loans = Loans(hass)
    visit = stay(hass, loans, None)
    await visit.async_begin()
    house.be(state, media_content_id=content)
    await visit.async_end()
    assert house.played == []
    assert loans.open == ()


@pytest.mark.parametrize(
    ("state", "music"),
    [
        ("idle", MUSIC),
        ("paused", MUSIC),
        ("playing", {**MUSIC, "media_content_id": "spotify:track:1"}),
        ("playing", {**MUSIC, "media_content_id": None}),
        ("playing", {**MUSIC, "media_content_type": "movie"}),
        ("playing", {**MUSIC, "media_content_id": OURS}),
    ],
)
async def test_what_is_not_known_to_play_again_is_not_noted(
    hass: HomeAssistant, house: House, state: str, music: dict[str, Any]
) -> None:
    """Silence, what only a service knows, what has a picture, and our own."""
    house.be(state, **music)
    loans = Loans(hass)
    await stay(hass, loans, None).async_begin()
    assert loans.open == ()


async def test_a_player_that_announces_resumes_by_itself(
    hass: HomeAssistant, house: House
) -> None:
    """ESPHome ducks its music and goes on."""
    hass.states.async_remove(PLAYER)
    registry = er.async_get(hass)
    entry = registry.async_get_or_create(
        "media_player", "esphome", "porch", suggested_object_id="porch"
    )
    assert entry.entity_id == PLAYER
    house.features |= Feature.MEDIA_ANNOUNCE
    house.be("playing", **MUSIC)
    loans = Loans(hass)
    await stay(hass, loans, None).async_begin()
    assert loans.open == ()


async def test_a_player_that_does_not_say_what_it_plays_is_waited_for(
    hass: HomeAssistant, house: House
) -> None:
    """The voice's last words are not cut off."""
    house.be("playing", **MUSIC)
    visit = stay(hass, Loans(hass), None)
    await visit.async_begin()
    house.be("playing", media_content_id=None)
    await visit.async_end()
    assert house.played == []
    house.be("idle")
    await hass.async_block_till_done()
    assert house.played == [RADIO]


@pytest.mark.parametrize(("minutes", "played"), [(2, [RADIO]), (11, [])])
async def test_music_plays_again_after_a_crash_unless_it_was_long_ago(
    hass: HomeAssistant,
    house: House,
    hass_storage: dict[str, Any],
    minutes: int,
    played: list[str],
) -> None:
    """Nobody wants a radio that starts at night."""
    hass_storage[KEY] = crashed(
        "music", RADIO, "/api/realtime_pumpkin/audio", minutes=minutes
    )
    await async_setup_loans(hass)
    assert house.played == played
    assert hass_storage[KEY]["data"] == []


async def test_music_that_waited_too_long_is_given_up(
    hass: HomeAssistant, house: House, freezer: FrozenDateTimeFactory
) -> None:
    """A player that comes back hours later stays silent."""
    house.be("playing", **MUSIC)
    loans = Loans(hass)
    visit = stay(hass, loans, None)
    await visit.async_begin()
    house.be("unavailable")
    await visit.async_end()
    assert len(loans.open) == 1
    freezer.tick(timedelta(hours=3))
    house.be("idle")
    await hass.async_block_till_done()
    assert house.played == []
    assert loans.open == ()
