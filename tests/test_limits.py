"""Tests of what keeps a conversation from starting, and of a second ring."""

import asyncio
from datetime import UTC, datetime, time, timedelta
import json
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.realtime_pumpkin import limits as module
from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.limits import (
    BudgetReached,
    CoolingDown,
    MonthlyBudgetReached,
    QuietHours,
    Refusal,
    Spending,
    refusal,
)
from custom_components.realtime_pumpkin.manners import Limits
from custom_components.realtime_pumpkin.realtime.events import Phase
from tests.common import (
    VOICE_ENTITY_ID,
    account,
    async_set_up,
    only_subentry,
    only_voice,
    voice,
)
from tests.porch import GREETING, Porch, at_the_door

TEXTS = json.loads(
    (Path(module.__file__).parent / "translations/en.json").read_text(encoding="utf-8")
)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Limits(quiet_from=time(22), quiet_until=time(7))
NOON = Limits(quiet_from=time(12), quiet_until=time(14))
ALWAYS_QUIET = {"quiet_from": "00:00:00", "quiet_until": "23:59:59"}
EVENING = datetime(2026, 10, 31, 19, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("limits", "hour", "minute", "expected"),
    [
        (NIGHT, 21, 59, None),
        (NIGHT, 22, 0, QuietHours(time(7))),
        (NIGHT, 0, 0, QuietHours(time(7))),
        (NIGHT, 6, 59, QuietHours(time(7))),
        (NIGHT, 7, 0, None),
        (NOON, 11, 59, None),
        (NOON, 12, 0, QuietHours(time(14))),
        (NOON, 13, 59, QuietHours(time(14))),
        (NOON, 14, 0, None),
        (Limits(quiet_from=time(9), quiet_until=time(9)), 9, 0, None),
        (Limits(quiet_from=time(9)), 9, 0, None),
        (Limits(), 3, 0, None),
    ],
)
def test_quiet_hours_begin_and_end_on_the_minute(
    limits: Limits, hour: int, minute: int, expected: Refusal | None
) -> None:
    """They may last over midnight; without both ends there are none."""
    now = EVENING.replace(hour=hour, minute=minute)
    assert refusal(limits, now, None, Spending()) == expected


@pytest.mark.parametrize(
    ("cooldown_s", "since", "expected"),
    [
        (0, 0.0, None),
        (60, None, None),
        (60, 0.0, CoolingDown(60)),
        (60, 59.2, CoolingDown(1)),
        (60, 60.0, None),
    ],
)
def test_a_cooldown_counts_from_the_last_end(
    cooldown_s: int, since: float | None, expected: Refusal | None
) -> None:
    """What is left is told in whole seconds, rounded up."""
    last_end = None if since is None else EVENING - timedelta(seconds=since)
    limits = Limits(cooldown_s=cooldown_s)
    assert refusal(limits, EVENING, last_end, Spending()) == expected


def test_an_end_in_the_future_is_none() -> None:
    """A house without a clock of its own wakes up in the past."""
    last_end = EVENING + timedelta(hours=1)
    assert refusal(Limits(cooldown_s=60), EVENING, last_end, Spending()) is None


def test_a_cooldown_is_not_an_hour_longer_when_the_clocks_go_back() -> None:
    """From 02:59 summer time to 02:00 winter time is a minute."""
    last_end = datetime(2026, 10, 25, 0, 59, tzinfo=UTC).astimezone(BERLIN)
    now = datetime(2026, 10, 25, 1, 0, tzinfo=UTC).astimezone(BERLIN)
    assert refusal(Limits(cooldown_s=60), now, last_end, Spending()) is None
    assert refusal(Limits(cooldown_s=61), now, last_end, Spending()) == CoolingDown(1)


@pytest.mark.parametrize(
    ("day", "month", "spending", "expected"),
    [
        (5.0, 0.0, Spending(4.99, 400.0), None),
        (5.0, 0.0, Spending(5.0, 5.0), BudgetReached(5.0, 5.0)),
        (5.0, 20.0, Spending(1.0, 20.5), MonthlyBudgetReached(20.5, 20.0)),
        (5.0, 20.0, Spending(6.0, 20.5), MonthlyBudgetReached(20.5, 20.0)),
        (0.0, 0.0, Spending(900.0, 900.0), None),
    ],
)
def test_a_budget_is_a_limit_unless_it_is_zero(
    day: float, month: float, spending: Spending, expected: Refusal | None
) -> None:
    """The month is told first: it lasts longer."""
    limits = Limits(daily_budget_usd=day, monthly_budget_usd=month)
    assert refusal(limits, EVENING, None, spending) == expected


@pytest.mark.parametrize(
    "reason",
    [
        QuietHours(time(7)),
        CoolingDown(12),
        BudgetReached(5.0, 5.0),
        MonthlyBudgetReached(20.0, 20.0),
    ],
)
def test_every_refusal_has_a_text(reason: Refusal) -> None:
    """The text names what the refusal knows."""
    text = TEXTS["exceptions"][reason.translation_key]["message"]
    named = {name for _, name, _, _ in Formatter().parse(text) if name}
    assert named == set(reason.placeholders)


async def async_refused(porch: Porch) -> str | None:
    """Start a conversation that is refused, and return the key of the reason."""
    with pytest.raises(ServiceValidationError) as caught:
        await porch.act("start_conversation")
    return caught.value.translation_key


async def async_ring(porch: Porch) -> str:
    """Start a conversation and return its id."""
    answer = await porch.act("start_conversation")
    return str(answer[VOICE_ENTITY_ID]["conversation_id"])


async def async_heard_out(porch: Porch) -> None:
    """Wait until the voice has finished its answer and listens."""
    coordinator, changed = only_voice(porch.entry), asyncio.Event()
    unsubscribe = coordinator.async_add_listener(changed.set)
    async with asyncio.timeout(15):
        while coordinator.data.phase is not Phase.LISTENING:
            changed.clear()
            await changed.wait()
    unsubscribe()


async def async_visit(porch: Porch, count: int = 1) -> None:
    """Hold the n-th conversation and end it without a goodbye."""
    await async_ring(porch)
    await porch.until(EventName.AUDIO_STARTED, count)
    await async_heard_out(porch)
    await porch.act("stop_conversation", goodbye=False)
    await porch.until(EventName.CONVERSATION_ENDED, count)


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
class TestAtTheDoor:
    """What a visitor meets, with a real server and satellite."""

    async def test_nothing_starts_in_the_quiet_hours(self, hass: HomeAssistant) -> None:
        """The action says why, and the voice stays idle."""
        async with at_the_door(hass, data=ALWAYS_QUIET) as porch:
            assert await async_refused(porch) == "quiet_hours"
            assert hass.states.is_state(VOICE_ENTITY_ID, "idle")
        assert porch.events == []

    async def test_nothing_starts_while_it_cools_down(
        self, hass: HomeAssistant
    ) -> None:
        """A cat on the driveway does not start it again and again."""
        async with at_the_door(hass, GREETING, data={"cooldown_s": 600}) as porch:
            await async_visit(porch)
            assert await async_refused(porch) == "cooling_down"
        assert len(porch.named(EventName.CONVERSATION_STARTED)) == 1

    async def test_a_reload_does_not_warm_it_up(self, hass: HomeAssistant) -> None:
        """Whoever changes an option in between has to wait all the same."""
        async with at_the_door(hass, GREETING, data={"cooldown_s": 600}) as porch:
            await async_visit(porch)
            assert await hass.config_entries.async_reload(porch.entry.entry_id)
            assert await async_refused(porch) == "cooling_down"

    async def test_a_spent_budget_ends_the_evening_and_is_a_repair(
        self, hass: HomeAssistant, issue_registry: ir.IssueRegistry
    ) -> None:
        """The conversation that spends it is the last one of the day."""
        spare = {"daily_budget_usd": 0.000001, "model": "gpt-realtime-2.1"}
        async with at_the_door(hass, GREETING, data=spare) as porch:
            await async_visit(porch)
            assert await async_refused(porch) == "budget_reached"
            voice_id = only_subentry(porch.entry).subentry_id
            issue = issue_registry.async_get_issue(DOMAIN, f"budget_reached_{voice_id}")
            assert issue is not None
            assert issue.severity is ir.IssueSeverity.WARNING
        assert len(porch.named(EventName.CONVERSATION_STARTED)) == 1

    async def test_a_model_without_prices_reaches_no_budget(
        self, hass: HomeAssistant
    ) -> None:
        """Its tokens are counted, and it goes on talking."""
        free = {"daily_budget_usd": 0.000001, "model": "gpt-realtime-of-our-own"}
        async with at_the_door(hass, GREETING, GREETING, data=free) as porch:
            await async_visit(porch)
            await async_visit(porch, 2)
            voice_id = only_subentry(porch.entry).subentry_id
            totals = porch.entry.runtime_data.ledger.totals(voice_id, dt_util.now())
        assert totals.day.tokens["output_audio"] > 0
        assert totals.day.usd == 0.0

    async def test_a_second_ring_can_be_ignored(self, hass: HomeAssistant) -> None:
        """The voice is not even told."""
        data = {"busy": "ignore"}
        async with at_the_door(hass, GREETING, "And you?", data=data) as porch:
            first = await async_ring(porch)
            await porch.until(EventName.AUDIO_STARTED)
            assert await async_ring(porch) == first
            await porch.act("add_message", role="user", text="Hello!")
            await porch.until(EventName.AUDIO_STARTED, 2)
        history = porch.server.brain.requests[-1].history
        assert not any("rang again" in item.words for item in history)

    async def test_a_second_ring_can_start_anew(self, hass: HomeAssistant) -> None:
        """The first conversation ends without a goodbye; no cooldown counts."""
        data = {"busy": "restart", "cooldown_s": 600}
        async with at_the_door(hass, GREETING, GREETING, data=data) as porch:
            first = await async_ring(porch)
            await porch.until(EventName.AUDIO_STARTED)
            second = await async_ring(porch)
            await porch.until(EventName.AUDIO_STARTED, 2)
            [ended] = porch.named(EventName.CONVERSATION_ENDED)
        assert (ended["conversation_id"], ended["reason"]) == (first, "restarted")
        started = porch.named(EventName.CONVERSATION_STARTED)
        assert [event["conversation_id"] for event in started] == [first, second]
        assert len(porch.server.brain.requests) == 2

    async def test_a_refused_ring_does_not_end_the_conversation(
        self, hass: HomeAssistant
    ) -> None:
        """Whoever may not start anew leaves the others in peace."""
        data = {"busy": "restart"}
        async with at_the_door(hass, GREETING, data=data) as porch:
            await async_ring(porch)
            await porch.until(EventName.AUDIO_STARTED)
            spend(porch.entry, 5.0)
            assert await async_refused(porch) == "budget_reached"
            assert porch.named(EventName.CONVERSATION_ENDED) == []

    async def test_one_ring_can_wait_for_the_end(self, hass: HomeAssistant) -> None:
        """It gets a conversation of its own; a third ring does not wait."""
        data = {"busy": "queue", "cooldown_s": 600}
        async with at_the_door(hass, GREETING, GREETING, data=data) as porch:
            first = await async_ring(porch)
            await porch.until(EventName.AUDIO_STARTED)
            waiting = hass.async_create_task(async_ring(porch))
            assert await async_ring(porch) == first
            assert len(porch.named(EventName.CONVERSATION_STARTED)) == 1
            await porch.act("stop_conversation", goodbye=False)
            async with asyncio.timeout(15):
                second = await waiting
            await porch.until(EventName.AUDIO_STARTED, 2)
        started = porch.named(EventName.CONVERSATION_STARTED)
        assert [event["conversation_id"] for event in started] == [first, second]

    async def test_a_ring_that_waits_is_sent_away_with_the_voice(
        self, hass: HomeAssistant
    ) -> None:
        """Unloading keeps no action waiting."""
        async with at_the_door(hass, GREETING, data={"busy": "queue"}) as porch:
            first = await async_ring(porch)
            await porch.until(EventName.AUDIO_STARTED)
            waiting = hass.async_create_task(porch.act("start_conversation"))
            assert await async_ring(porch) == first
            await hass.config_entries.async_unload(porch.entry.entry_id)
            with pytest.raises(ServiceValidationError) as caught:
                await waiting
        assert caught.value.translation_key == "voice_unloaded"


def spend(entry: MockConfigEntry, usd: float) -> None:
    """Put a conversation into the books of the account's voice."""
    voice_id = only_subentry(entry).subentry_id
    entry.runtime_data.ledger.record(voice_id, {"output_audio": 1}, usd, dt_util.now())


async def test_a_new_day_takes_the_repair_back(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    homeassistant_component: None,
    realtime_url: str,
    issue_registry: ir.IssueRegistry,
) -> None:
    """At midnight of the house, not of Greenwich."""
    await hass.config.async_set_time_zone("America/New_York")
    freezer.move_to("2026-11-01T03:30:00+00:00")
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    spend(entry, 5.0)
    only_voice(entry).async_check_budget()
    assert [issue for _, issue in issue_registry.issues] == [
        f"budget_reached_{only_subentry(entry).subentry_id}"
    ]
    freezer.move_to("2026-11-01T03:59:50+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert issue_registry.issues
    freezer.move_to("2026-11-01T04:00:01+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert not issue_registry.issues
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_reload_still_knows_that_the_budget_is_spent(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    """Otherwise a reconfiguration would be a way around it."""
    spend(loaded_entry, 5.0)
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await hass.async_block_till_done()
    assert [issue for _, issue in issue_registry.issues] == [
        f"budget_reached_{only_subentry(loaded_entry).subentry_id}"
    ]


async def test_the_books_go_with_the_account(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """Nothing of a removed account stays on the disk."""
    key = f"{DOMAIN}.usage.{loaded_entry.entry_id}"
    spend(loaded_entry, 1.0)
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    assert key in hass_storage
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    assert key not in hass_storage
