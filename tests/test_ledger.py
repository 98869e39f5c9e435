"""Tests of the books: what a voice has used by day and by month."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.realtime_pumpkin.ledger import SAVE_DELAY, Ledger, Total
from custom_components.realtime_pumpkin.limits import Spending

HALLOWEEN = datetime(2026, 10, 31, 23, 30, tzinfo=ZoneInfo("America/New_York"))
KEY = "realtime_pumpkin.usage.account"


@pytest.mark.parametrize(
    ("later", "spending"),
    [
        (timedelta(minutes=29), Spending(2.0, 2.0)),
        (timedelta(minutes=30), Spending(0.0, 0.0)),
        (timedelta(days=-1), Spending(0.0, 2.0)),
        (timedelta(days=365), Spending(0.0, 0.0)),
    ],
)
async def test_a_new_day_or_month_of_the_house_begins_with_nothing(
    hass: HomeAssistant, later: timedelta, spending: Spending
) -> None:
    """In New York it is still October when it is November in Greenwich."""
    ledger = Ledger(hass, "account")
    ledger.record("voice", {"input_text": 10}, 2.0, HALLOWEEN)
    assert ledger.totals("voice", HALLOWEEN + later).spending == spending
    await ledger.async_save()


async def test_conversations_add_up_by_kind_of_token(hass: HomeAssistant) -> None:
    """The month goes on where the day begins anew."""
    ledger = Ledger(hass, "account")
    ledger.record("voice", {"input_text": 10, "output_audio": 5}, 0.5, HALLOWEEN)
    before = HALLOWEEN - timedelta(hours=1)
    ledger.record("voice", {"input_text": 1, "cached_text": 2}, 0.25, before)
    total = ledger.totals("voice", HALLOWEEN).day
    tokens = {"cached_text": 2, "input_text": 11, "output_audio": 5}
    assert total == Total("2026-10-31", tokens, 0.75, conversations=2)
    assert ledger.totals("other", HALLOWEEN).day == Total("2026-10-31")
    await ledger.async_save()


async def test_an_unknown_price_adds_tokens_only(hass: HomeAssistant) -> None:
    """What costs nobody knows is not guessed."""
    ledger = Ledger(hass, "account")
    ledger.record("voice", {"output_audio": 5}, None, HALLOWEEN)
    assert ledger.totals("voice", HALLOWEEN).month == Total(
        "2026-10", {"output_audio": 5}, 0.0, conversations=1
    )
    await ledger.async_save()


async def test_the_books_are_read_again_after_a_restart(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """They are saved a little later by themselves; removed voices are dropped."""
    ledger = Ledger(hass, "account")
    ledger.record("voice", {"output_audio": 5}, 0.5, HALLOWEEN)
    assert KEY not in hass_storage
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1))
    await hass.async_block_till_done()
    assert hass_storage[KEY]["version"] == 1
    again = Ledger(hass, "account")
    await again.async_load(["voice"])
    assert again.totals("voice", HALLOWEEN) == ledger.totals("voice", HALLOWEEN)
    await again.async_load(["another"])
    assert again.totals("voice", HALLOWEEN).spending == Spending()


async def test_a_voice_that_never_rests_is_saved_all_the_same(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """The power may fail in the middle of a busy night."""
    ledger = Ledger(hass, "account")
    ledger.record("voice", {}, 0.5, HALLOWEEN)
    ledger.record("voice", {}, 0.5, HALLOWEEN)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1))
    await hass.async_block_till_done()
    assert hass_storage[KEY]["data"]["voice"]["day"]["usd"] == 1.0
    ledger.record("voice", {}, 0.5, HALLOWEEN)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1))
    await hass.async_block_till_done()
    assert hass_storage[KEY]["data"]["voice"]["day"]["usd"] == 1.5


async def test_the_last_end_of_a_conversation_is_read_again(
    hass: HomeAssistant,
) -> None:
    """What is used without one does not count."""
    ledger = Ledger(hass, "account")
    assert ledger.last_end("voice") is None
    ledger.record("voice", {}, None, HALLOWEEN)
    later = HALLOWEEN + timedelta(minutes=1)
    ledger.record("voice", {}, 0.5, later, conversations=0, cools_down=False)
    ledger.record("mute", {}, 0.5, later, conversations=0, cools_down=False)
    await ledger.async_save()
    again = Ledger(hass, "account")
    await again.async_load(["voice", "mute"])
    assert again.last_end("voice") == HALLOWEEN
    assert again.last_end("mute") is None
    await again.async_load([])
    assert again.last_end("voice") is None


async def test_a_conversation_that_used_nothing_counts_as_well(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Whoever rings and leaves at once has been at the door."""
    ledger = Ledger(hass, "account")
    ledger.record("voice", {}, 0.0, HALLOWEEN)
    await ledger.async_save()
    assert hass_storage[KEY]["data"]["voice"]["day"]["conversations"] == 1


async def test_books_of_before_conversations_were_counted_can_be_read(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """An update loses no day."""
    total = {"tokens": {"output_audio": 5}, "usd": 0.5}
    books = {
        "voice": {
            "day": {"period": "2026-10-31", **total},
            "month": {"period": "2026-10", **total},
        }
    }
    hass_storage[KEY] = {"version": 1, "minor_version": 1, "key": KEY, "data": books}
    ledger = Ledger(hass, "account")
    await ledger.async_load(["voice"])
    assert ledger.totals("voice", HALLOWEEN).day == Total(
        "2026-10-31", {"output_audio": 5}, 0.5, conversations=0
    )
