"""What a voice is held to where it is talked with turn by turn, and what is counted."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.realtime_pumpkin.ledger import Total
from tests.assist.browsers import Browsers
from tests.assist.visit import Visit

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


def today(visit: Visit) -> Total:
    """Return what the voice has used today."""
    [voice] = visit.entry.runtime_data.voices.values()
    total: Total = voice.totals.day
    return total


def around(now_and: timedelta) -> dict[str, Any]:
    """Return quiet hours of two hours, now and a while from now in their middle."""
    middle = dt_util.now() + now_and
    begin, end = (middle + timedelta(hours=hours) for hours in (-1, 1))
    return {"quiet_from": f"{begin:%H:%M:%S}", "quiet_until": f"{end:%H:%M:%S}"}


async def test_a_voice_that_is_switched_off_says_so(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """The dialog shows the reason, spoken and typed alike."""
    async with browsers.talk("Boo!") as (visit, dialog):
        await hass.services.async_call(
            "switch",
            "turn_off",
            {"entity_id": "switch.pumpkin_enabled"},
            blocking=True,
        )
        spoken, written = await dialog.speak(), await dialog.write("Hello?")
        assert visit.server.brain.requests == []
    assert "switched off" in spoken.answer
    assert "switched off" in written.answer


async def test_a_spent_budget_is_told_in_words(browsers: Browsers) -> None:
    """What is spent is spent, whoever would spend more."""
    async with browsers.talk("Boo!", data={"daily_budget_usd": 0.01}) as (
        visit,
        dialog,
    ):
        [voice] = visit.entry.runtime_data.voices.values()
        voice._admission.used({"output_audio": 1}, 1.0)
        run = await dialog.speak()
        assert visit.server.brain.requests == []
    assert "budget" in run.answer


async def test_the_turns_of_a_conversation_are_counted_as_one(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """Typed and spoken alike, as soon as it is answered; the next is another one."""
    async with browsers.talk(*["Boo!"] * 3, heard=("Hello?",)) as (visit, dialog):
        assert today(visit).conversations == 0
        await dialog.speak()
        assert today(visit).conversations == 1
        state = hass.states.get("sensor.pumpkin_conversations_today")
        assert state is not None
        assert state.state == "1"
        await dialog.write("Who are you?")
        assert today(visit).conversations == 1
        dialog.conversation_id = None
        await dialog.write("Hello?")
        assert today(visit).conversations == 2


async def test_nothing_cools_down_after_turns(browsers: Browsers) -> None:
    """The cooldown is for rings: a visitor is not sent away by who chats indoors."""
    data = {"cooldown_s": 3600}
    async with browsers.talk("Boo!", "Boo!", data=data) as (visit, dialog):
        await dialog.write("Hello?")
        dialog.conversation_id = None
        assert (await dialog.write("Hello?")).answer == "Boo!"
        [voice] = visit.entry.runtime_data.voices.values()
        voice._admission.check(voice.options.limits)


async def test_in_quiet_hours_no_conversation_begins(browsers: Browsers) -> None:
    """It is said why, spoken and typed alike, and nothing is spent."""
    data = around(timedelta())
    async with browsers.talk("Boo!", heard=("Hello?",), data=data) as (visit, dialog):
        spoken, written = await dialog.speak(), await dialog.write("Hello?")
        assert visit.server.brain.requests == []
        assert today(visit).conversations == 0
    assert "quiet hours" in spoken.answer
    assert "quiet hours" in written.answer


async def test_a_conversation_goes_on_into_the_quiet_hours(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one at the door does; the next one does not begin."""
    async with browsers.talk("Boo!", "A pumpkin.", data=around(timedelta(hours=3))) as (
        _,
        dialog,
    ):
        await dialog.write("Hello?")
        later = dt_util.now() + timedelta(hours=3)
        monkeypatch.setattr(dt_util, "now", lambda *_: later)
        assert (await dialog.write("Who are you?")).answer == "A pumpkin."
        dialog.conversation_id = None
        assert "quiet hours" in (await dialog.write("Hello?")).answer
